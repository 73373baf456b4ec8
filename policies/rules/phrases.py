"""Words that the company does not want, promises that it can't keep, and words that must be there."""

from collections.abc import Iterator

from policies.facts import ReplyFacts
from policies.findings import Severity
from policies.options import Options, PhraseList
from policies.registry import Spot, rule

_PROMISES = (
    "garanderen", "garantie geven", "beloven", "beloofd", '"100% zeker"', '"honderd procent zeker"',
    '"krijgt je geld terug"', '"krijgt uw geld terug"', '"gaat nooit meer gebeuren"', '"nooit meer voorkomen"',
    '"we guarantee"', '"i guarantee"', "guaranteed", '"we promise"', '"i promise"', '"you have my word"',
    '"will get your money back"', '"will never happen again"', '"won\'t happen again"', '"100% sure"',
)  # fmt: skip


@rule(
    "phrases.banned",
    Severity.BLOCK,
    params=("phrase",),
    options=(
        PhraseList(
            "phrases",
            en="Words and phrases that no reply may hold.",
            nl="Woorden en zinsdelen die in geen antwoord mogen staan.",
            needed=True,
        ),
    ),
)
def banned_phrase(facts: ReplyFacts, options: Options) -> Iterator[Spot]:
    """What the company never says."""
    return _each(facts, options)


@rule(
    "phrases.promise",
    Severity.WARN,
    params=("phrase",),
    options=(
        PhraseList(
            "phrases",
            en="Words and phrases that promise something.",
            nl="Woorden en zinsdelen die iets beloven.",
            preset=_PROMISES,
        ),
    ),
)
def promise(facts: ReplyFacts, options: Options) -> Iterator[Spot]:
    """A promise binds the company."""
    return _each(facts, options)


@rule(
    "phrases.missing",
    Severity.WARN,
    params=("phrase",),
    options=(
        PhraseList(
            "phrases",
            en="Words and phrases that every reply must hold, each of them.",
            nl="Woorden en zinsdelen die allemaal in elk antwoord moeten staan.",
            needed=True,
        ),
    ),
)
def missing_phrase(facts: ReplyFacts, options: Options) -> Iterator[Spot]:
    """What the company always says."""
    wanted = options["phrases"]
    if wanted:
        said = {found.entry for found in wanted.found(facts.words, facts.text)}
        yield from (Spot(params={"phrase": entry.strip('"')}) for entry in wanted.entries if entry not in said)


def _each(facts: ReplyFacts, options: Options) -> Iterator[Spot]:
    for found in options["phrases"].found(facts.words, facts.text):
        yield Spot(found.start, found.end, {"phrase": facts.text[found.start : found.end]})
