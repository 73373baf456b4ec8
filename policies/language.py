"""Which of the desk's languages a text is in."""

from collections.abc import Callable
from functools import cache

import regex

LANGUAGES = ("nl", "en", "de", "fr")
_NAMES = {
    "nl": {"nl": "Nederlands", "en": "Engels", "de": "Duits", "fr": "Frans"},
    "en": {"nl": "Dutch", "en": "English", "de": "German", "fr": "French"},
}

_NOT_LANGUAGE = regex.compile(r"https?://\S+|[@#][\w.]+|\d+")
_LETTERS_TO_JUDGE = 12  # fewer say too little: "ok thanks", "help mij"
_SURE_ENOUGH = 0.55  # of four languages, on py3langid's scale that is calibrated for length
_CHARACTERS_READ = 600  # the language of a text shows at its beginning
_TELLING = 2  # different words of one language and none of another need no statistics (and cost a tenth of them)
_WORDS_OF = {
    # small words that none of the others has
    "nl": """
        het een niet ik zijn dat naar maar voor ook nog geen heb heeft hebben moet moeten waarom jullie mijn wordt
        worden deze bij daar jij wij zij nu toch waar uit kunnen
    """,
    "en": """
        the and you your this that with have has my to it what why they been not from when are would just how our for
        i'm don't can't it's there
    """,
    "de": "und nicht ich ist das auf für mit wir sie sind haben habe auch eine einen warum wird aber zum zur schon",
    "fr": "est une pour dans vous nous avec que qui sur c'est pourquoi mes cette suis ont votre notre encore",
}  # fmt: skip
_LANGUAGE_OF = {word: language for language, words in _WORDS_OF.items() for word in words.split()}


def detect_language(text: str, network_says: str = "", account_default: str = "nl") -> str:
    """The ISO 639-1 code of the text, one of LANGUAGES.

    A text too short or too unclear to judge gets the language that the network states, else the account's default.
    """
    words = _NOT_LANGUAGE.sub(" ", text[:_CHARACTERS_READ])
    fallback = _known(network_says) or _known(account_default) or LANGUAGES[0]
    if told := _told_by_small_words(words):
        return told
    if sum(map(str.isalpha, words)) < _LETTERS_TO_JUDGE:
        return fallback
    language, confidence = _classifier()(words)
    return language if confidence >= _SURE_ENOUGH else fallback


def shows_language(text: str, language: str) -> bool:
    """Whether some of the small words of a language stand in the text and none of another: a quick yes, no proof."""
    languages = {_LANGUAGE_OF[word] for word in text[:_CHARACTERS_READ].lower().split() if word in _LANGUAGE_OF}
    return languages == {language}


def language_name(code: str, say_in: str) -> str:
    """What one of LANGUAGES is called, in Dutch or else in English."""
    return _NAMES.get(say_in[:2].lower(), _NAMES["en"])[code]


def _told_by_small_words(text: str) -> str:
    """The language that has some of the small words in the text while no other has any; "" where it isn't so clear."""
    small = {word for word in text.lower().split() if word in _LANGUAGE_OF}
    languages = {_LANGUAGE_OF[word] for word in small}
    return languages.pop() if len(small) >= _TELLING and len(languages) == 1 else ""


def _known(language: str) -> str:
    code = language[:2].lower()
    return code if code in LANGUAGES else ""


@cache
def _classifier() -> Callable[[str], tuple[str, float]]:
    # Made at the first text and not at import: most processes never need it.
    from policies.language_model import LanguageModel

    return LanguageModel(LANGUAGES).classify
