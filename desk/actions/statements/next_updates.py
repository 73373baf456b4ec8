"""The next update that a statement promised: kept by the next one that is out, withdrawn with a reason, and nagged for.

Every step here first locks the crisis, as whoever writes in its log does, so that nobody waits in a circle.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.crises.crisis_moves import at_hand, tell
from desk.actions.crises.crisis_team import RUNNING
from desk.actions.statements.statement_texts import may_publish
from desk.alerts.notices import Notice, notify
from desk.common.errors import Conflict, Invalid
from desk.crises.models import Crisis
from desk.crises.plans import plan_of
from desk.people.models import User
from desk.statements.models import NextUpdate, Publication
from policies.next_update import Nag, first_look, look

AT_ONCE = 100
LONGEST_REASON = 1_000  # characters


def open_update(crisis: Crisis) -> NextUpdate | None:
    """What is promised and not out yet."""
    return NextUpdate.objects.filter(crisis=crisis, kept_at=None, withdrawn_at=None).first()


def kept_by(publication: Publication, at: datetime, now: datetime) -> None:
    """A post of it is out, since `at`: it keeps what an earlier one promised, and its own promise begins.

    In the transaction that writes so down, after its line in the log.
    """
    Crisis.objects.select_for_update().only("pk").get(pk=publication.crisis_id)
    promised = open_update(publication.crisis)
    if promised is not None and promised.publication_id != publication.pk:
        promised.kept_at, promised.kept_by, promised.next_look_at = at, publication, None
        promised.save(update_fields=["kept_at", "kept_by", "next_look_at"])
        late = max(int((at - promised.due_at).total_seconds()), 0)
        kept: dict[str, Any] = {"update": promised.pk, "publication": publication.pk, "late_seconds": late}
        tell(publication.crisis, "update_kept", actor=None, now=now, **kept)
    if publication.update_minutes is None or NextUpdate.objects.filter(publication=publication).exists():
        return
    due = at + timedelta(minutes=publication.update_minutes)
    if open_update(publication.crisis) is not None:
        return
    promise = NextUpdate.objects.create(
        crisis_id=publication.crisis_id, publication=publication, made_at=at, due_at=due,
        next_look_at=first_look(at, due),
    )  # fmt: skip
    tell(publication.crisis, "update_promised", actor=None, now=now, update=promise.pk, due_at=due.isoformat())


def withdraw_update(actor: User, crisis_id: int, *, reason: str, now: datetime | None = None) -> NextUpdate:
    """There will be no next update after all, and nobody is reminded of it. Raises Conflict, Invalid, Missing."""
    now, words = now or timezone.now(), reason.strip()
    if not 1 <= len(words) <= LONGEST_REASON or "\x00" in words:
        said = _("Say why, in 1 to %(count)d characters.") % {"count": LONGEST_REASON}
        raise Invalid(said, errors={"reason": [said]})
    with transaction.atomic():
        crisis = at_hand(crisis_id, None, now)
        may_publish(actor, crisis)
        Crisis.objects.select_for_update().only("pk").get(pk=crisis.pk)
        promised = open_update(crisis)
        if promised is None:
            raise Conflict(_("No update is promised: it is out, or was withdrawn."), code="changed")
        promised.withdrawn_at, promised.withdrawn_by, promised.reason = now, actor, words
        promised.next_look_at = None
        promised.save(update_fields=["withdrawn_at", "withdrawn_by", "reason", "next_look_at"])
        tell(crisis, "update_withdrawn", actor=actor, now=now, text=words, update=promised.pk)
    return promised


def remind_due(now: datetime) -> int:
    """Remind whoever is to publish of each update whose time has come; how many.

    Notices, the line in the log and the time of the next look are written together: two sweeps never say one twice, and
    a killed one loses none.
    """
    due = NextUpdate.objects.filter(next_look_at__lte=now).order_by("next_look_at")
    return sum(_remind(pk, crisis, now) for pk, crisis in due.values_list("pk", "crisis_id")[:AT_ONCE])


def _remind(update_id: int, crisis_id: int, now: datetime) -> bool:
    with transaction.atomic():
        crisis = Crisis.objects.select_for_update(of=("self",)).get(pk=crisis_id)
        promised = NextUpdate.objects.select_related("publication").get(pk=update_id)
        if promised.next_look_at is None or promised.next_look_at > now:
            return False  # another sweep has done it, or it is out
        if crisis.state not in RUNNING:
            promised.next_look_at = None
            promised.save(update_fields=["next_look_at"])
            return False
        verdict = look(promised.made_at, promised.due_at, now)
        promised.next_look_at = verdict.again_at
        first_due = verdict.nag in (Nag.DUE, Nag.LATE) and promised.told_due_at is None
        if first_due:
            promised.told_due_at = now
        promised.save(update_fields=["next_look_at", "told_due_at"])
        if verdict.nag is None:
            return False
        params = {"crisis": crisis.pk, "name": crisis.name, "due_at": promised.due_at.isoformat()}
        people = publishers(crisis, promised.publication.author_id)
        notify([Notice(pk, f"update_{verdict.nag}", params=params) for pk in people], now)
        if first_due:
            tell(crisis, "update_due", actor=None, now=now, update=promised.pk, due_at=promised.due_at.isoformat())
    return True


def publishers(crisis: Crisis, author_id: int) -> Sequence[int]:
    """Who hears of it: who leads the crisis, who holds a role that publishes, and who made the promise."""
    roles = plan_of(crisis.plan_id).publishers if crisis.plan_id is not None else frozenset()
    wanted = {crisis.owner_id, author_id, *(pk for key, pk in crisis.role_holders.items() if key in roles)} - {None}
    return list(User.objects.filter(pk__in=wanted, is_active=True).order_by("pk").values_list("pk", flat=True))
