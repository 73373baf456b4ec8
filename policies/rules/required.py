"""What an answer must hold in a certain case."""

from collections.abc import Iterator

from policies.facts import ReplyFacts, Visibility
from policies.findings import Fix, FixKind, Severity
from policies.options import Options, PatternList, PhraseList
from policies.registry import Spot, rule

_APOLOGIES = (
    "sorry", "excuus", "excuses", "verontschuldigen", "verontschuldiging", "spijt", '"spijten"', "vervelend",
    "betreuren", "apology", "apologise", "apologize", "regret",
)  # fmt: skip
_APOLOGY = {"nl": "Onze excuses voor het ongemak. ", "en": "We are sorry about this. "}


@rule(
    "required.apology",
    Severity.WARN,
    options=(
        PhraseList(
            "phrases",
            en="What counts as saying sorry.",
            nl="Wat als excuus geldt.",
            preset=_APOLOGIES,
        ),
    ),
)
def apology_in_a_complaint(facts: ReplyFacts, options: Options) -> Iterator[Spot]:
    """Somebody who complains hears that we are sorry."""
    if facts.complaint and facts.words and not any(options["phrases"].found(facts.words, facts.text)):
        said = _APOLOGY.get(facts.scope.language)
        yield Spot(fixes=(Fix(FixKind.ADD, text=said),) if said else ())


@rule(
    "required.reference",
    Severity.WARN,
    only=Visibility.PRIVATE,
    options=(
        PatternList(
            "patterns",
            en="What the reference looks like that a private message must hold, such as VL-\\d{6}.",
            nl="Hoe de referentie eruitziet die in een privébericht moet staan, zoals VL-\\d{6}.",
            needed=True,
        ),
    ),
)
def reference_in_private(facts: ReplyFacts, options: Options) -> Iterator[Spot]:
    """With its number in the message, nobody has to look the case up twice."""
    patterns = options["patterns"]
    if patterns and facts.words and not any(patterns.spans(facts.text)):
        yield Spot()
