"""What another rulebook does to canned responses: those that break it leave the offer until they are mended.

They are suspended, not withdrawn, so that the desk still knows what would be on offer: a rulebook under which one
breaks no rule any more, such as the one before it, brings it back by itself. Owners hear of both.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from desk.actions.replies.canned_check import Checking
from desk.actions.rulebooks.rulebook_templates import Brought, bring, brought
from desk.alerts.notices import Notice, notify
from desk.people.models import User, audit
from desk.replies.models import CannedResponse
from desk.rulebooks.models import RulebookVersion
from policies.canned_check import Objection
from policies.canned_states import Event, State, next_state
from policies.rulebook import Rulebook
from policies.rulebook_diff import new_rules


@dataclass(frozen=True, slots=True)
class Broken:
    """One that is on offer and what the rulebook has against it."""

    canned: CannedResponse
    objections: tuple[Objection, ...]


@dataclass(frozen=True, slots=True)
class Consequences:
    """What switching a rulebook on does to what is on offer."""

    suspended: tuple[Broken, ...]
    restored: tuple[CannedResponse, ...]
    brought: tuple[Brought, ...] = ()


def consequences(asked: Rulebook, before: Rulebook, *, lock: bool = False) -> Consequences:
    """What would leave the offer and what would come back if `asked` held where `before` does, by name.

    What is on offer passed the rules of `before`, so that only those are asked that are new or say something else.
    """
    rows = CannedResponse.objects.select_related("team").prefetch_related("inboxes", "attachments").order_by("name")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    rows = rows.exclude(shortcut__in=[one.key for one in asked.templates])  # those are brought anew
    new = new_rules(asked, before)
    on_offer = Checking(asked, new=new) if new.rules else None
    suspended = [
        Broken(canned, tuple(blocking))
        for canned in (rows.filter(state=State.ACTIVE) if on_offer else ())
        if on_offer and (blocking := on_offer.blocking(canned, _inbox_ids(canned)))
    ]
    waiting = list(rows.filter(state=State.SUSPENDED))
    whole = Checking(asked) if waiting else None
    restored = [canned for canned in waiting if whole and not whole.blocking(canned, _inbox_ids(canned))]
    return Consequences(tuple(suspended), tuple(restored))


def would_happen(asked: Rulebook, before: Rulebook) -> Consequences:
    """The same for somebody who thinks of it, with what the version brings."""
    return replace(consequences(asked, before), brought=tuple(brought(asked)))


def follow(by: User, version: RulebookVersion, before: RulebookVersion, now: datetime) -> None:
    """Do it, in the transaction in which the one takes the place of the other; in the name of who switched it on."""
    bring(by, version, now)
    found = consequences(version.rulebook(), before.rulebook(), lock=True)
    for broken in found.suspended:
        codes = sorted({one.code for one in broken.objections})
        _move(by, broken.canned, Event.SUSPEND, version, suspended_at=now, codes=codes)
    for canned in found.restored:
        _move(by, canned, Event.RESTORE, version, suspended_at=None)
    _tell([one.canned for one in found.suspended], "canned_suspended", version, now)
    _tell(found.restored, "canned_restored", version, now)


def _move(
    by: User,
    canned: CannedResponse,
    event: Event,
    version: RulebookVersion,
    *,
    suspended_at: datetime | None,
    **data: object,
) -> None:
    canned.state, canned.suspended_at = next_state(canned.state, event), suspended_at
    canned.save(update_fields=["state", "suspended_at"])  # its words are as old as before
    verb = "canned_suspended" if event is Event.SUSPEND else "canned_restored"
    audit(by, verb, canned, name=canned.name, rulebook=version.number, **data)


def _tell(responses: Iterable[CannedResponse], kind: str, version: RulebookVersion, now: datetime) -> None:
    """Whoever answers for its words."""
    notices = [
        Notice(one.owner_id, kind, params={"name": one.name, "canned": one.pk, "rulebook": version.number})
        for one in responses
        if one.owner_id is not None
    ]
    notify(notices, now)


def _inbox_ids(canned: CannedResponse) -> list[int]:
    return [inbox.pk for inbox in canned.inboxes.all()]
