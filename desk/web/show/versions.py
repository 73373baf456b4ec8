"""What can be done with a version of a document, as buttons of its page."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from desk.common.versioned import DocumentVersion
from desk.people.models import User
from desk.people.permissions import Permission
from policies.rulebook_states import Event, State, possible_events

ROLL_BACK = "roll-back"


@dataclass(frozen=True, slots=True)
class Step:
    """A button of the page. `refused` says why this person can't press it."""

    name: str
    words: "str | Promise"
    primary: bool = False
    asks: bool = False  # for a reason
    refused: "str | Promise" = ""


def steps(version: DocumentVersion, reader: User, write: Permission, review: Permission) -> list[Step]:
    """What can be done with it now, by whoever reads the page; `write` and `review` are what its steps need."""
    writes, reviews = reader.may(write), reader.may(review)
    own = gettext_lazy("You wrote it, so a colleague switches it on.") if version.author_id == reader.pk else ""
    offered = {
        Event.SUBMIT: (writes, Step("hand-in", gettext_lazy("Hand in for review"), primary=True)),
        Event.ACTIVATE: (reviews, Step("switch-on", gettext_lazy("Switch on"), primary=True, refused=own)),
        Event.RETURN: (reviews, Step("give-back", gettext_lazy("Give back"), asks=True)),
        Event.DISCARD: (writes, Step("discard", gettext_lazy("Discard"))),
    }
    possible = possible_events(version.state)
    found = [step for event, (may, step) in offered.items() if may and event in possible]
    if reviews and version.state == State.RETIRED and version.activated_at is not None:
        found.append(Step(ROLL_BACK, gettext_lazy("Go back to this version")))
    return found
