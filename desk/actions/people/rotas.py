"""On-call rotas as supervisors and the comms team keep them, and who stands in when. `policies.rota` has the rules."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.crises.escalation_people import missing, swaps_of
from desk.actions.people.rota_history import turns_between, write_down
from desk.common.errors import Conflict, Invalid, Missing
from desk.people.models import Rota, RotaSwap, User, audit
from desk.people.permissions import Permission, require
from policies.duty import known_zone
from policies.rota import LONGEST_TURN, MOST_MEMBERS, MOST_SHOWN, Turn, joined, turns

LONGEST_NAME = 80
LONGEST_SWAP = timedelta(days=366)
SHOWN = timedelta(weeks=6)
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
FAREST = datetime(2199, 12, 31, tzinfo=UTC)


def create_rota(
    actor: User,
    *,
    name: str,
    timezone: str,
    first_day: date,
    handover: int,
    members: Sequence[int],
    days: int = 7,
) -> Rota:
    """Members have turns of `days` days in this order; `handover` is minutes after midnight by the clock of the zone.

    Raises Invalid, Conflict where the name is taken.
    """
    require(actor, Permission.MANAGE_ROTAS)
    rota = Rota(
        name=name, timezone=timezone, first_day=first_day, handover=handover, days=days, members=list(members)
    )  # fmt: skip
    _check(rota)
    with transaction.atomic():
        _save(rota)
        audit(actor, "rota_created", rota, **_facts(rota))
    return rota


def change_rota(actor: User, rota_id: int, **columns: Any) -> Rota:
    """What is given changes from now on; who was on call until now stays as it was. Raises as above."""
    require(actor, Permission.MANAGE_ROTAS)
    with transaction.atomic():
        rota = _rota(rota_id)
        before = _facts(rota)
        for column, value in columns.items():
            setattr(rota, column, list(value) if column == "members" else value)
        _check(rota)
        _save(rota)
        audit(actor, "rota_changed", rota, before=before, **_facts(rota))
    return rota


def delete_rota(actor: User, rota_id: int) -> None:
    """Nobody is on call by it any more; a chain that names it goes on without. Raises Missing."""
    require(actor, Permission.MANAGE_ROTAS)
    with transaction.atomic():
        rota = _rota(rota_id)
        rota.deleted_at = timezone.now()
        rota.save(update_fields=["deleted_at"])
        audit(actor, "rota_deleted", rota, name=rota.name)


def swap(actor: User, rota_id: int, *, user_id: int, starts_at: datetime, ends_at: datetime) -> RotaSwap:
    """Somebody stands in. Raises Invalid, Missing, Conflict where somebody else does already."""
    require(actor, Permission.MANAGE_ROTAS)
    if ends_at <= starts_at:
        raise _wrong("ends_at", _("The end has to be after the start."))
    if ends_at - starts_at > LONGEST_SWAP:
        raise _wrong("ends_at", _("Nobody stands in for longer than a year. Change the rota instead."))
    if not User.objects.filter(pk=user_id, is_active=True).exists():
        raise _wrong("user_id", _("Choose colleagues who work here."))
    with transaction.atomic():
        rota = _rota(rota_id)
        if rota.swaps.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
            raise Conflict(_("Somebody stands in already for part of that time. End that first."), code="overlap")
        row = RotaSwap.objects.create(rota=rota, user_id=user_id, starts_at=starts_at, ends_at=ends_at)
        told = {"user": user_id, "starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
        audit(actor, "rota_swapped", rota, **told)
    return row


def end_swap(actor: User, rota_id: int, swap_id: int) -> None:
    """Nobody stands in for that time after all. Raises Missing."""
    require(actor, Permission.MANAGE_ROTAS)
    with transaction.atomic():
        rota = _rota(rota_id)
        row = rota.swaps.filter(pk=swap_id).first()
        if row is None:
            raise Missing(_("There is no such stand-in."))
        row.delete()
        audit(actor, "rota_swap_ended", rota, user=row.user_id, starts_at=row.starts_at.isoformat())


def rota_of(rota_id: int) -> Rota:
    """Raises Missing."""
    rota = Rota.objects.filter(pk=rota_id, deleted_at=None).first()
    if rota is None:
        raise Missing(_("There is no such on-call rota."))
    return rota


def shown_until(since: datetime) -> datetime:
    """As far as a list of turns goes."""
    return since + min(SHOWN, FAREST - since) if since < FAREST else since


def turns_of(rota: Rota, since: datetime, until: datetime, *, now: datetime | None = None) -> list[Turn]:
    """Who was and who is on call between two moments: until now as it was, from then on as far as is known now.

    Raises Invalid far from today.
    """
    now = now or timezone.now()
    if not EARLIEST <= since.date() <= until.date() <= LATEST:
        raise _wrong("since", _("Choose a time from 2000 to 2199."))
    was = turns_between(rota, since, min(until, now), now)[-MOST_SHOWN:] if since < now else []
    if until <= now:
        return was
    comes = turns(rota.rule, swaps_of([rota], now).get(rota.pk, ()), max(since, now), until, missing(now))
    if was and comes:
        comes[0] = replace(comes[0], start=now)
    return joined([*was, *comes])[:MOST_SHOWN]


# ── steps that the verbs share ───────────────────────────────────────────────
def _rota(rota_id: int) -> Rota:
    """Held, so that of two who change it one waits, with its past written down: any change holds from now on."""
    write_down(timezone.now(), [rota_id])
    rota = Rota.objects.select_for_update().filter(pk=rota_id, deleted_at=None).first()
    if rota is None:
        raise Missing(_("There is no such on-call rota."))
    return rota


def _check(rota: Rota) -> None:
    errors: dict[str, list[str]] = {}
    rota.name = " ".join(rota.name.replace("\x00", "").split())
    if not 1 <= len(rota.name) <= LONGEST_NAME:
        errors["name"] = [_("Give a name of 1 to 80 characters.")]
    if not known_zone(rota.timezone):
        errors["timezone"] = [_("There is no such time zone. Use a name such as Europe/Amsterdam.")]
    if not EARLIEST <= rota.first_day <= LATEST:
        errors["first_day"] = [_("Choose a day from 2000 to 2199.")]
    if not 0 <= rota.handover < 24 * 60:
        errors["handover"] = [_("Write a time of the day, as in 09:00.")]
    if not 1 <= rota.days <= LONGEST_TURN:
        errors["days"] = [_("A turn takes 1 to %(count)d days.") % {"count": LONGEST_TURN}]
    if not 1 <= len(rota.members) <= MOST_MEMBERS:
        errors["members"] = [_("Choose 1 to %(count)d colleagues.") % {"count": MOST_MEMBERS}]
    elif set(rota.members) - set(User.objects.filter(pk__any_of=rota.members).values_list("pk", flat=True)):
        errors["members"] = [_("Choose colleagues who work here.")]
    if errors:
        raise Invalid(_("This rota can't be kept. See what is marked."), errors=errors)


def _save(rota: Rota) -> None:
    try:
        with transaction.atomic():
            rota.save()
    except IntegrityError:
        raise Conflict(_("This name is taken. Choose another."), code="taken") from None


def _facts(rota: Rota) -> dict[str, Any]:
    return {
        "name": rota.name,
        "timezone": rota.timezone,
        "first_day": rota.first_day.isoformat(),
        "handover": rota.handover,
        "days": rota.days,
        "members": list(rota.members),
    }


def _wrong(field: str, words: str) -> Invalid:
    return Invalid(words, errors={field: [words]})
