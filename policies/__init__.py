"""Pure rules: facts in, findings out. No Django, no input or output, no clock: whoever asks brings `now` along."""
