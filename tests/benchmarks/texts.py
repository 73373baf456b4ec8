"""What customers of a railway write, invented, in enough variety that no cache knows it by heart."""

_TEXTS = (
    "@vlotlijn waarom rijdt de trein van {time} naar {town} weer niet? Ik sta hier al een half uur te wachten",
    "@vlotlijn thanks for the quick help with my refund from {town}, very happy with the {time} one",
    "Lift op station {town} is wéér stuk, met een rolstoel kom ik zo nergens. Schandalig! @vlotlijn {time}",
    "@vlotlijn hoe laat vertrekt de laatste bus naar {town}? In de app staat {time} maar dat klopt niet",
    "The {time} to {town} was cancelled again and nobody on the platform knows anything @vlotlijn",
    "Hulde voor de conducteur van de trein naar {town} van {time}, wat een vriendelijke man 👏 @vlotlijn",
)
_TOWNS = (
    "Oudmeer Haarbrug Zevenhuis Lindewoud Kortwijk Noordpoort Weidam Stavelaar Broekerzijl Eikhoven Veldrade".split()
)


def text(number: int) -> str:
    town = _TOWNS[number * 7 % len(_TOWNS)]
    return _TEXTS[number % len(_TEXTS)].format(town=town, time=f"{number // 60 % 24:02}:{number % 60:02}")
