"""Working hours and absences: who is there to be given tickets."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.people.rota_history import write_down
from desk.common.background import enqueue
from desk.common.errors import Invalid, Missing
from desk.people.models import Absence, Shift, Team, User, audit
from desk.people.permissions import Permission, require
from policies.duty import MOST_SPANS, WrongHours, known_zone, read_week

SHIFT = ("user_id", "team_id", "timezone", "week", "first_day", "last_day")
ABSENCE = ("user_id", "starts_at", "ends_at", "reason")
WRONG: dict[str, Promise] = {  # by the codes of policies.duty.WrongHours
    "week": gettext_lazy("Give the hours of each day: mon, tue, wed, thu, fri, sat, sun."),
    "day": gettext_lazy("“%(value)s” is no day. Use mon, tue, wed, thu, fri, sat and sun."),
    "none": gettext_lazy("Give hours on at least one day."),
    "time": gettext_lazy("Write hours as 09:00–17:30, several with commas. “%(value)s” can't be read."),
    "many": gettext_lazy("At most %(most)d times a day."),
    "overlap": gettext_lazy("These hours overlap the hours before them."),
}


def create_shift(actor: User | None, **values: Any) -> Shift:
    """Weekly hours (SHIFT) of one person or of one team. Raises Invalid."""
    _may_manage(actor)
    shift = Shift()
    _fill(shift, values, SHIFT)
    _refuse(_errors_of_shift(shift))
    with transaction.atomic():
        shift.save()
        audit(actor, "shift_created", shift, **_facts(shift, SHIFT))
        enqueue("desk.tasks.sweep_assignment")
    return shift


def change_shift(actor: User | None, shift_id: int, **changes: Any) -> Shift:
    """What is left out stays. Raises Invalid, Missing."""
    _may_manage(actor)
    with transaction.atomic():
        shift = Shift.objects.select_for_update(of=("self",)).filter(pk=shift_id).first()
        if shift is None:
            raise Missing(_("There is no such shift."))
        before = _facts(shift, SHIFT)
        _fill(shift, changes, SHIFT)
        _refuse(_errors_of_shift(shift))
        shift.save()
        _audit_change(actor, "shift_changed", shift, before, _facts(shift, SHIFT))
        enqueue("desk.tasks.sweep_assignment")
    return shift


def delete_shift(actor: User | None, shift_id: int) -> None:
    """Whoever has no hours left counts as on duty while they are not away. Raises Missing."""
    _may_manage(actor)
    with transaction.atomic():
        shift = Shift.objects.filter(pk=shift_id).first()
        if shift is None:
            raise Missing(_("There is no such shift."))
        audit(actor, "shift_deleted", shift, **_facts(shift, SHIFT))
        shift.delete()
        enqueue("desk.tasks.sweep_assignment")


def create_absence(actor: User | None, **values: Any) -> Absence:
    """A person is not there from `starts_at` until `ends_at` (None: until further notice). Raises Invalid.

    Everybody may say it of themselves. Once it has begun, a team that assigns gives what waits for their answer to
    others.
    """
    _may_say_of(actor, values.get("user_id"))
    absence = Absence()
    _fill(absence, {"starts_at": timezone.now(), **values}, ABSENCE)
    _refuse(_errors_of_absence(absence))
    with transaction.atomic():
        write_down(timezone.now())
        absence.save()
        audit(actor, "absence_created", absence, **_facts(absence, ABSENCE))
        enqueue("desk.tasks.sweep_assignment")
    return absence


def change_absence(actor: User | None, absence_id: int, **changes: Any) -> Absence:
    """What is left out stays. Raises Invalid, Missing."""
    with transaction.atomic():
        absence = _absence(absence_id)
        _may_say_of(actor, absence.user_id, changes.get("user_id", absence.user_id))
        before = _facts(absence, ABSENCE)
        _fill(absence, changes, ABSENCE)
        _refuse(_errors_of_absence(absence))
        write_down(timezone.now())
        absence.save()
        _audit_change(actor, "absence_changed", absence, before, _facts(absence, ABSENCE))
        enqueue("desk.tasks.sweep_assignment")
    return absence


def delete_absence(actor: User | None, absence_id: int) -> None:
    """They are there after all. Raises Missing."""
    with transaction.atomic():
        absence = _absence(absence_id)
        _may_say_of(actor, absence.user_id)
        audit(actor, "absence_deleted", absence, **_facts(absence, ABSENCE))
        write_down(timezone.now())
        absence.delete()
        enqueue("desk.tasks.sweep_assignment")


def _may_manage(actor: User | None) -> None:
    if actor is not None:
        require(actor, Permission.MANAGE_SHIFTS)


def _may_say_of(actor: User | None, *user_ids: int | None) -> None:
    """When they are not there people say of themselves; of others only who keeps the shifts does."""
    if actor is not None and any(user_id != actor.pk for user_id in user_ids):
        require(actor, Permission.MANAGE_SHIFTS)


def _absence(absence_id: int) -> Absence:
    absence = Absence.objects.select_for_update(of=("self",)).filter(pk=absence_id).first()
    if absence is None:
        raise Missing(_("There is no such absence."))
    return absence


def _fill(row: Shift | Absence, values: dict[str, Any], allowed: tuple[str, ...]) -> None:
    if unknown := set(values) - set(allowed):
        raise Invalid(_("This can't be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    for name, value in values.items():
        setattr(row, name, value.replace("\x00", "").strip() if isinstance(value, str) else value)


def _errors_of_shift(shift: Shift) -> dict[str, list[str]]:
    errors = _errors_of(shift)
    errors.pop("week", None)
    if (shift.user_id is None) == (shift.team_id is None):
        errors["user"] = [_("Choose one person or one team.")]
    if shift.timezone and not known_zone(shift.timezone):
        errors["timezone"] = [
            _("There is no time zone “%(name)s”. Write it as Europe/Amsterdam.") % {"name": shift.timezone[:50]}
        ]
    if shift.first_day and shift.last_day and shift.last_day < shift.first_day:
        errors["last_day"] = [_("This lies before the first day.")]
    try:
        read_week(shift.week)
    except WrongHours as wrong:
        words = str(WRONG[wrong.code]) % {"value": wrong.value, "most": MOST_SPANS}
        errors[f"week.{wrong.day}" if wrong.day else "week"] = [words]
    return errors


def _errors_of_absence(absence: Absence) -> dict[str, list[str]]:
    errors = _errors_of(absence)
    if not {"starts_at", "ends_at"} & set(errors) and absence.ends_at and absence.ends_at <= absence.starts_at:
        errors["ends_at"] = [_("This has to be later than the beginning.")]
    return errors


def _errors_of(row: Shift | Absence) -> dict[str, list[str]]:
    """What the columns refuse; people and teams are looked up, everything else is said at its field."""
    errors: dict[str, list[str]] = {}
    try:
        row.clean_fields(exclude={"week"})
    except ValidationError as problem:
        errors = dict(problem.message_dict)
    if isinstance(row, Shift) and row.team_id is not None and not Team.objects.filter(pk=row.team_id).exists():
        errors["team"] = [_("There is no such team.")]
    if row.user_id is not None and not User.objects.filter(pk=row.user_id).exists():
        errors["user"] = [_("There is no such person.")]
    return errors


def _refuse(errors: dict[str, list[str]]) -> None:
    if errors:
        raise Invalid(_("Some values can't be used: %(names)s.") % {"names": ", ".join(sorted(errors))}, errors=errors)


def _facts(row: Shift | Absence, names: tuple[str, ...]) -> dict[str, Any]:
    """As the audit log keeps them."""
    values = {name: getattr(row, name) for name in names}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}


def _audit_change(
    actor: User | None, verb: str, row: Shift | Absence, before: dict[str, Any], after: dict[str, Any]
) -> None:
    changed = [name for name in after if after[name] != before[name]]
    audit(
        actor, verb, row, before={name: before[name] for name in changed}, after={name: after[name] for name in changed}
    )
