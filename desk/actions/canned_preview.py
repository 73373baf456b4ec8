"""What the desk says of a canned response before it is used: how it reads, and how long it can become where."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from desk.actions.canned_lengths import Longest, lengths, places_of
from desk.actions.canned_values import usual_hours
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.replies.models import CannedResponse
from policies.canned_form import Definition
from policies.canned_lengths import Fit
from policies.canned_variables import BuiltIn, Type, Variable, written_values


@dataclass(frozen=True, slots=True)
class Sample:
    """One of its texts with values as an agent would meet them, and once more without what may be unknown."""

    language: str
    network: str  # "" for every network without a text of its own
    text: str
    without: str


@dataclass(frozen=True, slots=True)
class Preview:
    samples: tuple[Sample, ...]
    lengths: tuple[Fit, ...]  # every language in every place where it may go


def preview(actor: User, canned: CannedResponse) -> Preview:
    """Of one that is kept, or of one that is being written: `desk.actions.canned.unsaved`."""
    require(actor, Permission.EDIT_CANNED)
    definition = canned.definition
    fits = lengths(definition, places_of(canned), Longest.now())
    return Preview(tuple(samples(definition, actor.first_name or actor.name)), fits)


def samples(definition: Definition, agent: str) -> list[Sample]:
    """All its texts, filled in."""
    found = []
    for one in definition.variants:
        everything = sample_values(definition, agent, one.language)
        always = {name: value for name, value in everything.items() if _always_known(definition, name)}
        texts = (one.text.fill(values) for values in (everything, always))
        found.append(Sample(one.language, one.network, *texts))
    return found


def sample_values(definition: Definition, agent: str, language: str) -> Mapping[str, str]:
    """A value for each variable."""
    known = {
        BuiltIn.CUSTOMER: "Marit",
        BuiltIn.AGENT: agent,
        BuiltIn.COMPANY: "Vlotlijn",
        BuiltIn.TICKET: "48213",
        BuiltIn.REFERENCE: "VL-271-604",
        BuiltIn.OPENING_HOURS: usual_hours(language),
    }
    given = {one.name: _sample(one) for one in definition.variables.values() if not one.built_in and not one.default}
    return written_values(definition.variables, given, {str(name): value for name, value in known.items()}, language)


def _sample(variable: Variable) -> str:
    match variable.type:
        case Type.NUMBER:
            return "12,50"
        case Type.DATE:
            return timezone.localdate().isoformat()
        case Type.CHOICE:
            return variable.choices[0]
        case _:
            return f"[{variable.question}]"[: variable.longest]


def _always_known(definition: Definition, name: str) -> bool:
    """Whether there is a value whatever the ticket is."""
    variable = definition.variables.get(name)
    if variable is not None and (variable.required or variable.default):
        return True
    return name in (BuiltIn.AGENT, BuiltIn.COMPANY, BuiltIn.TICKET, BuiltIn.OPENING_HOURS)
