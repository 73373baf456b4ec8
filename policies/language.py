"""Which of the desk's languages a text is in."""

from collections.abc import Callable
from functools import cache

import regex

LANGUAGES = ("nl", "en", "de", "fr")

_NOT_LANGUAGE = regex.compile(r"https?://\S+|[@#][\w.]+|\d+")
_LETTERS_TO_JUDGE = 12  # fewer say too little: "ok thanks", "help mij"
_SURE_ENOUGH = 0.55  # of four languages, on py3langid's scale that is calibrated for length
_CHARACTERS_READ = 600  # the language of a text shows at its beginning


def detect_language(text: str, network_says: str = "", account_default: str = "nl") -> str:
    """The ISO 639-1 code of the text, one of LANGUAGES.

    A text too short or too unclear to judge gets the language that the network states, else the account's default.
    """
    words = _NOT_LANGUAGE.sub(" ", text[:_CHARACTERS_READ])
    fallback = _known(network_says) or _known(account_default) or LANGUAGES[0]
    if sum(map(str.isalpha, words)) < _LETTERS_TO_JUDGE:
        return fallback
    language, confidence = _classifier()(words)
    return language if confidence >= _SURE_ENOUGH else fallback


def _known(language: str) -> str:
    code = language[:2].lower()
    return code if code in LANGUAGES else ""


@cache
def _classifier() -> Callable[[str], tuple[str, float]]:
    # Loaded at the first text and not at import: the model takes memory that most processes never need.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    identifier._full_model = None  # 28 MB of the other languages, kept only for choosing once more
    classify: Callable[[str], tuple[str, float]] = identifier.classify
    return classify
