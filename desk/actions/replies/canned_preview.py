"""What the desk says of a canned response before it is used: how it reads, how long it becomes, what the rules say."""

from collections.abc import Sequence
from dataclasses import dataclass

from desk.actions.replies.canned_check import look
from desk.actions.replies.canned_samples import always_known, sample_values
from desk.actions.replies.canned_values import usual_hours
from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.replies.models import CannedResponse
from policies.canned_check import Objection
from policies.canned_form import Definition
from policies.canned_lengths import Fit


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
    objections: tuple[Objection, ...]  # of the rulebook that holds now, the gravest first

    @property
    def blocked(self) -> bool:
        """Whether it could not be activated."""
        return any(one.blocks for one in self.objections)


def preview(actor: User, canned: CannedResponse, inbox_ids: Sequence[int]) -> Preview:
    """Of one that is kept, or of one that is being written: `desk.actions.replies.canned.unsaved`."""
    require(actor, Permission.EDIT_CANNED)
    fits, objections = look(canned, inbox_ids)
    return Preview(tuple(samples(canned.definition, actor.first_name or actor.name)), fits, objections)


def samples(definition: Definition, agent: str) -> list[Sample]:
    """All its texts, filled in."""
    found = []
    for one in definition.variants:
        everything = sample_values(definition, agent, one.language, usual_hours(one.language))
        certain = {name: value for name, value in everything.items() if always_known(definition, name)}
        texts = (one.text.fill(values) for values in (everything, certain))
        found.append(Sample(one.language, one.network, *texts))
    return found
