"""Words and marks that make an upset customer more upset. Hints, for a person to judge."""

from collections.abc import Iterator
from itertools import islice

import regex

from policies.facts import ReplyFacts
from policies.findings import Fix, FixKind, Severity
from policies.options import Options, PhraseList
from policies.registry import Spot, rule

_MOST = 50
_CAPITALS = regex.compile(r"(?<!\w)\p{Lu}{2,}+(?!\w)(?:[^\p{L}\p{N}\n]{1,3}+\p{Lu}{2,}+(?!\w)){2,}+")
_EXCLAIMED = regex.compile(r"!(?:\s?[!?]){2,}+")
_MARKS = regex.compile("\N{FACE WITH ROLLING EYES}+|\\(!\\)|(?<!\\S)/s(?!\\S)|\N{UPSIDE-DOWN FACE}+")

_DISMISSIVE = (
    "rustig aan", '"doe rustig"', '"rustig blijven"', "kalmeren", '"kalm aan"', '"relax"', '"chill"',
    '"stel je niet aan"', '"stelt u zich niet aan"', '"niet zo boos"', "overdrijven",
    '"jammer dan"',
    '"calm down"', '"relax"', '"chill out"', '"take it easy"', '"no need to shout"', '"don\'t overreact"', "overreact",
    '"too bad"', '"get over it"',
)  # fmt: skip
_BLAME = (
    '"jouw schuld"', '"je eigen schuld"', '"uw schuld"', '"uw eigen schuld"', '"je had moeten"', '"u had moeten"',
    '"had je maar"', '"had u maar"', '"zoals ik al zei"', '"je begrijpt het niet"',
    '"u begrijpt het niet"', '"niet goed gelezen"', '"je had kunnen weten"', '"u had kunnen weten"',
    '"your fault"', '"your own fault"', '"you should have known"', '"you should have read"',
    '"you should have checked"', '"you should\'ve"', '"you failed to"',
    '"as i already said"', '"as i said"', '"as stated before"', '"you don\'t understand"', '"you didn\'t read"',
    '"you must have done"',
)  # fmt: skip
_SARCASM = (
    '"lekker dan"', '"nou nou"', '"goh"', '"tja"', '"zucht"', '"gefeliciteerd hoor"', '"wat je zegt"',
    '"yeah right"', '"well done you"', '"good for you"', '"sigh"', '"oh please"', '"big deal"', '"duh"',
)  # fmt: skip


def _words(preset: tuple[str, ...], en: str, nl: str) -> tuple[PhraseList]:
    # Several entries may be one in both languages.
    return (PhraseList("phrases", en=en, nl=nl, preset=tuple(dict.fromkeys(preset))),)


@rule("tone.shouting", Severity.WARN)
def shouting(facts: ReplyFacts) -> Iterator[Spot]:
    """Three words in capitals in a row, or a row of exclamation marks, read as shouting."""
    for match in islice(_CAPITALS.finditer(facts.text), _MOST):
        lower = Fix(FixKind.REPLACE, match.start(), match.end(), _lowered(match[0]))
        yield Spot(match.start(), match.end(), fixes=(lower,))
    for match in islice(_EXCLAIMED.finditer(facts.text), _MOST):
        yield Spot(match.start(), match.end(), fixes=(Fix(FixKind.REPLACE, match.start(), match.end(), "!"),))


@rule(
    "tone.dismissive",
    Severity.WARN,
    params=("phrase",),
    options=_words(_DISMISSIVE, "Phrases that wave a customer away.", "Uitdrukkingen die een klant wegwuiven."),
)
def waves_away(facts: ReplyFacts, options: Options) -> Iterator[Spot]:
    """Nobody ever calmed down by being told to."""
    return _each(facts, options)


@rule(
    "tone.blame",
    Severity.WARN,
    params=("phrase",),
    options=_words(_BLAME, "Phrases that blame the customer.", "Uitdrukkingen die de klant de schuld geven."),
)
def blames(facts: ReplyFacts, options: Options) -> Iterator[Spot]:
    """Whose fault it is helps nobody."""
    return _each(facts, options)


@rule(
    "tone.sarcasm",
    Severity.WARN,
    params=("phrase",),
    options=_words(_SARCASM, "Phrases that sound sarcastic.", "Uitdrukkingen die sarcastisch klinken."),
)
def sarcasm(facts: ReplyFacts, options: Options) -> Iterator[Spot]:
    """Sarcasm is lost in writing, and found by whoever makes a screenshot."""
    yield from _each(facts, options)
    for match in islice(_MARKS.finditer(facts.text), _MOST):
        remove = Fix(FixKind.DELETE, match.start(), match.end())
        yield Spot(match.start(), match.end(), {"phrase": match[0]}, (remove,))


def _each(facts: ReplyFacts, options: Options) -> Iterator[Spot]:
    for found in options["phrases"].found(facts.words, facts.text):
        yield Spot(found.start, found.end, {"phrase": facts.text[found.start : found.end]})


def _lowered(shouted: str) -> str:
    return shouted[:1] + shouted[1:].lower()
