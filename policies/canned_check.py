"""What the rules say of a canned response before anybody sends it, and which of it keeps it from being activated.

Each text is tried where it may go with values as an agent would meet them, and once more without those that may be
missing. Its length is another matter: that is measured with the longest values (`canned_lengths`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from policies.canned_form import Definition
from policies.canned_lengths import Fit, Place
from policies.canned_problems import CannedFault
from policies.check import check_reply
from policies.facts import ReplyFacts
from policies.findings import Finding, Severity
from policies.rulebook import Rulebook

TOO_LONG = "length.exceeded"


@dataclass(frozen=True, slots=True)
class Trial:
    """A text as it could be sent, with the facts of such a reply; `number` is its place among the texts."""

    number: int
    place: Place
    facts: ReplyFacts


@dataclass(frozen=True, slots=True)
class Objection:
    """What a rule has against one of the texts, in the first place where it has."""

    number: int
    language: str
    network: str
    visibility: str
    code: str
    severity: Severity
    message: str

    @property
    def blocks(self) -> bool:
        return self.severity is Severity.BLOCK


def objections(
    definition: Definition, trials: Iterable[Trial], fits: Sequence[Fit], rulebook: Rulebook, say_in: str
) -> tuple[Objection, ...]:
    """Everything that the rules find, once for each text and rule; the gravest first."""
    found: dict[tuple[int, str], Objection] = {}
    for one in (*_too_long(definition, fits, say_in), *_found(trials, rulebook)):
        found.setdefault((one.number, one.code), one)
    gravity = list(Severity)
    return tuple(sorted(found.values(), key=lambda one: (gravity.index(one.severity), one.number, one.code)))


def number_of(definition: Definition, language: str, text_network: str) -> int:
    """The place of a text among all."""
    return [(one.language, one.network) for one in definition.variants].index((language, text_network))


def _too_long(definition: Definition, fits: Iterable[Fit], say_in: str) -> Iterator[Objection]:
    for fit in fits:
        if fit.too_long:
            number = number_of(definition, fit.language, fit.text_network)
            yield Objection(
                number, fit.language, fit.network, fit.visibility, TOO_LONG, Severity.BLOCK, said_too_long(fit, say_in)
            )


def said_too_long(fit: Fit, say_in: str) -> str:
    """In a sentence, for whoever writes the text."""
    params: Mapping[str, object] = {"used": fit.length.used, "limit": fit.length.limit}
    return CannedFault("", "length", params).said(say_in)


def _found(trials: Iterable[Trial], rulebook: Rulebook) -> Iterator[Objection]:
    for trial in trials:
        for finding in check_reply(trial.facts, rulebook).findings:
            if not finding.code.startswith("length."):
                yield _objection(trial, finding)


def _objection(trial: Trial, finding: Finding) -> Objection:
    return Objection(
        trial.number,
        trial.facts.language,
        trial.place.network,
        trial.place.visibility,
        finding.code,
        finding.severity,
        finding.message,
    )
