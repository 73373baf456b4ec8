"""The forms in which a Dutch or English word may stand: simple endings, no dictionary.

More forms than a language has do no harm, they are words that nobody writes; a missing one lets a phrase slip through.
Words come folded (lower case, no accents).
"""

from functools import lru_cache

import regex

_VOWELS = "aeiou"
_PLURALS = ("s", "'s", "en", "n", "e", "es", "eren")
_DIMINUTIVES = ("je", "jes", "tje", "tjes", "pje", "pjes", "etje", "etjes", "kje", "kjes")
_ENDINGS_OF_A_STEM = ("", "t", "d", "de", "den", "te", "ten", "en", "e", "end", "ende")  # of a Dutch verb
_ENGLISH = ("s", "es", "ed", "ing", "d", "er", "ers")
_SEPARABLE = regex.compile(r"^(?P<before>aan|af|bij|door|in|mee|na|om|op|over|terug|toe|uit|weg)(?P<verb>\w{4,})$")
_LONG_VOWEL = regex.compile(r"(?P<before>.*)(?P<vowel>aa|ee|oo|uu)(?P<after>[bcdfghjklmnpqrstvwxz])$")
_OPEN_SYLLABLE = regex.compile(r"(?P<before>.*[^aeiou]|)(?P<vowel>[aeou])(?P<after>[bcdfghjklmnpqrstvwxz])$")
_CLOSED = regex.compile(r".*[aeiou](?P<last>[bdfgklmnprst])$")


@lru_cache(maxsize=4_096)
def forms(word: str) -> frozenset[str]:
    """The word itself and everything that it may look like inflected."""
    found = {word, *_dutch_nouns(word), *_dutch_verbs(word), *_english(word)}
    return frozenset(found)


def _dutch_nouns(word: str) -> set[str]:
    found = {word + ending for ending in (*_PLURALS, *_DIMINUTIVES)}
    found |= {stem + "en" for stem in _before_a_vowel(word)} | {stem + "e" for stem in _before_a_vowel(word)}
    return found


def _dutch_verbs(word: str) -> set[str]:
    """From an infinitive (“garanderen”) or a stem (“garandeer”): present, past, participles."""
    stems = {word, *_before_a_vowel(word)}
    if word.endswith("en") and len(word) > 4:
        open_stem = word[:-2]
        stems |= {open_stem, *_at_the_end(open_stem)}
    found = {stem + ending for stem in stems for ending in _ENDINGS_OF_A_STEM}
    found |= {f"ge{stem}{ending}" for stem in stems for ending in ("d", "t", "en", "")}
    if match := _SEPARABLE.match(word):
        found |= {f"{match['before']}ge{form}" for form in _participles(match["verb"])}
    return found


def _participles(verb: str) -> set[str]:
    stems = {verb, *_at_the_end(verb[:-2])} if verb.endswith("en") else {verb}
    return {stem + ending for stem in stems for ending in ("", "d", "t")}


def _before_a_vowel(stem: str) -> set[str]:
    """How a Dutch stem is spelt before an ending that begins with a vowel: “geef” geven, “maak” maken, “bel” bellen."""
    found = set()
    if match := _LONG_VOWEL.fullmatch(stem):
        short = match["before"] + match["vowel"][0] + match["after"]
        found |= {short, _voiced(short)}
    elif match := _CLOSED.fullmatch(stem):
        found.add(stem + match["last"])
    found.add(_voiced(stem))
    return found


def _at_the_end(open_stem: str) -> set[str]:
    """How what stands before “-en” is spelt where it ends the word: “gev” geef, “bell” bel, “garander” garandeer."""
    voiceless = open_stem[:-1] + {"v": "f", "z": "s"}.get(open_stem[-1], open_stem[-1])
    found = {voiceless}
    if len(open_stem) > 2 and open_stem[-1] == open_stem[-2]:
        found.add(open_stem[:-1])
    elif match := _OPEN_SYLLABLE.fullmatch(voiceless):
        found.add(match["before"] + match["vowel"] * 2 + match["after"])
    return found


def _voiced(stem: str) -> str:
    return stem[:-1] + {"f": "v", "s": "z"}.get(stem[-1], stem[-1])


def _english(word: str) -> set[str]:
    found = {word + ending for ending in _ENGLISH} | {f"{word}'s"}
    if word.endswith("e"):
        found |= {word[:-1] + ending for ending in ("ing", "ed", "er", "ers")}
    elif word.endswith("y") and word[-2] not in _VOWELS:
        found |= {word[:-1] + ending for ending in ("ies", "ied", "ier", "iest")}
    elif match := _CLOSED.fullmatch(word):
        found |= {word + match["last"] + ending for ending in ("ing", "ed", "er", "ers")}
    return found
