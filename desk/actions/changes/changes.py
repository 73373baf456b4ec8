"""Changes of whatever the company set up: drafted, proposed by anybody, decided by who owns the thing.

Ideas need no rank: whoever works here proposes. What is decided needs the permission of the thing itself, which the
verb of its kind asks once more; so does the sweep that switches on what was planned.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.changes.change_notices import tell_author, tell_everybody, tell_followed, tell_owners
from desk.actions.changes.kinds import Kind, Preview
from desk.actions.changes.registry import KINDS, kind_of, owned_by
from desk.actions.changes.steps import move, put_in_force
from desk.changes.models import LONGEST_WORDS, Change, Remark
from desk.common.errors import Conflict, Invalid, Missing, NotPermitted
from desk.people.models import User, audit
from desk.people.permissions import require
from policies.change_states import OPEN, Event, State

LONGEST_PREVIEW = 90  # days
USUAL_PREVIEW = 14
FARTHEST_PLAN = timedelta(days=366)
MOST_OPEN = 50  # of one author


def draft(
    actor: User, kind: str, thing: int, *, what: str, why: str = "", values: Mapping[str, Any] | None = None,
    propose: bool = True, now: datetime | None = None,
) -> Change:  # fmt: skip
    """Write down what should be different, as values or in words alone, and ask for the owner's word unless it stays a
    draft for now. `thing` 0 is something new of the kind. Raises Invalid, Missing, Conflict, NotPermitted.
    """
    _works_here(actor)
    now, sort = now or timezone.now(), kind_of(kind)
    with transaction.atomic():
        row = sort.found(thing) if thing else None
        if Change.objects.filter(author=actor, state__in=OPEN).count() >= MOST_OPEN:
            raise Conflict(_("You have %(count)d open proposals. Take one back first.") % {"count": MOST_OPEN})
        one = Change(kind=kind, author=actor, created_at=now, changed_at=now)
        one.is_new, one.title = row is None, str(sort.label) if row is None else sort.title(row)
        one.thing = 0 if row is None else sort.identity(row)
        _fill(one, sort, row, what, why, values)
        if propose:
            one.state, one.proposed_at = State.PROPOSED, now
        one.save()
        audit(actor, "change_proposed" if propose else "change_drafted", one, kind=kind, thing=thing, what=one.what)
        if propose:
            tell_owners(one, sort, actor, now)
            tell_followed(one, actor, now)
    return one


def rewrite(
    actor: User, change_id: int, *, what: str, why: str = "", values: Mapping[str, Any] | None = None,
    seen: datetime | None = None, now: datetime | None = None,
) -> Change:  # fmt: skip
    """Other words or values, by its author or by who decides. `seen` is the `changed_at` that the writer began from."""
    _works_here(actor)
    with transaction.atomic():
        one, sort = _locked(actor, change_id)
        if one.author_id != actor.pk:
            require(actor, sort.permission)
        if one.state not in (State.DRAFT, State.PROPOSED):
            raise Conflict(_("Only a draft or a proposal can be changed."))
        _refuse_stale(one, seen)
        _fill(one, sort, sort.found(one.thing) if one.thing else None, what, why, values)
        one.changed_at = now or timezone.now()
        one.save()
        audit(actor, "change_rewritten", one, what=one.what)
    return one


def propose(actor: User, change_id: int, *, now: datetime | None = None) -> Change:
    """A draft of one's own becomes a question to who owns the thing."""
    now = now or timezone.now()
    with transaction.atomic():
        one, sort = _own(actor, change_id)
        move(one, Event.PROPOSE)
        one.proposed_at = now
        one.save()
        audit(actor, "change_proposed", one, kind=one.kind, thing=one.thing, what=one.what)
        tell_owners(one, sort, actor, now)
    return one


def withdraw(actor: User, change_id: int, *, now: datetime | None = None) -> Change:
    """The author takes it back."""
    with transaction.atomic():
        one, _sort = _own(actor, change_id)
        move(one, Event.WITHDRAW)
        one.decided_at, one.decided_by = now or timezone.now(), actor
        one.save()
        audit(actor, "change_withdrawn", one)
    return one


def adopt(actor: User, change_id: int, *, seen: datetime | None = None, now: datetime | None = None) -> Change:
    """In force from now on, by the verb of its kind; what is in words alone is taken up, to be done in the editor.

    Raises what that verb raises, and Conflict where somebody changed it since it was `seen`.
    """
    now = now or timezone.now()
    with transaction.atomic():
        one, sort = _owned(actor, change_id)
        _refuse_stale(one, seen)
        put_in_force(one, sort, actor, now)
        tell_author(one, "change_adopted", actor, now)
    return one


def plan(actor: User, change_id: int, *, at: datetime, now: datetime | None = None) -> Change:
    """Switched on by itself at that moment, in the name of who planned it. Raises Invalid, Conflict."""
    now = now or timezone.now()
    with transaction.atomic():
        one, sort = _owned(actor, change_id)
        if not sort.becomes_active(one):
            raise Conflict(_("This can't be switched on by itself: somebody has to work on it first."))
        move(one, Event.PLAN)
        one.planned_for, one.planned_by, one.problem = _moment(at, now), actor, ""
        one.save()
        audit(actor, "change_planned", one, kind=one.kind, thing=one.thing, at=one.planned_for.isoformat())
        tell_author(one, "change_planned", actor, now)
    return one


def plan_version(actor: User, kind: str, number: int, *, at: datetime, now: datetime | None = None) -> Change:
    """Plan a version that a colleague wrote and handed in, of a kind that keeps its own drafts. Raises Conflict."""
    now, sort = now or timezone.now(), kind_of(kind)
    require(actor, sort.permission)
    with transaction.atomic():
        row = sort.found(0)
        known = {one.number: one for one in sort.waiting(row)}
        if number not in known or not known[number].ready:
            raise Conflict(_("Only a version that was handed in for review can be planned for a moment."))
        author = known[number].author
        if author == actor:
            raise Conflict(_("You wrote this version, so a colleague switches it on."), code="own_version")
        if Change.objects.filter(kind=kind, state=State.PLANNED, values={"version": number}).exists():
            raise Conflict(_("This version is planned already."), code="planned")
        one = Change.objects.create(
            kind=kind,
            thing=sort.identity(row),
            title=sort.title(row),
            what=_("Version %(number)d") % {"number": number},
            values={"version": number},
            began_at=sort.number(row),
            state=State.PLANNED,
            author=author,
            created_at=now,
            changed_at=now,
            planned_for=_moment(at, now),
            planned_by=actor,
        )
        audit(actor, "change_planned", one, kind=kind, version=number, at=at.isoformat())
    return one


def unplan(actor: User, change_id: int) -> Change:
    """It does not come by itself; it waits for a word again."""
    with transaction.atomic():
        one, _sort = _owned(actor, change_id)
        move(one, Event.UNPLAN)
        one.planned_for = one.planned_by = None
        one.save()
        audit(actor, "change_unplanned", one)
    return one


def decline(actor: User, change_id: int, *, reason: str, now: datetime | None = None) -> Change:
    """Not now, and why: its author is told. Raises Invalid without a reason."""
    now = now or timezone.now()
    with transaction.atomic():
        one, _sort = _owned(actor, change_id)
        words = reason.strip()
        if not 1 <= len(words) <= LONGEST_WORDS or "\x00" in words:
            raise _refusal("reason", _("Say in 1 to %(count)d characters why not.") % {"count": LONGEST_WORDS})
        move(one, Event.DECLINE)
        one.decided_at, one.decided_by, one.reason = now, actor, words
        one.save()
        audit(actor, "change_declined", one, reason=words)
        tell_author(one, "change_declined", actor, now)
    return one


def remark(actor: User, change_id: int, text: str, *, now: datetime | None = None) -> Remark:
    """A word on it, for everybody who sees it. Raises Invalid."""
    _works_here(actor)
    now = now or timezone.now()
    with transaction.atomic():
        one, _sort = _locked(actor, change_id)
        words = text.strip()
        if not 1 <= len(words) <= LONGEST_WORDS or "\x00" in words:
            raise _refusal("text", _("Write 1 to %(most)d characters.") % {"most": LONGEST_WORDS})
        said = Remark.objects.create(change=one, author=actor, text=words, at=now)
        audit(actor, "change_remark", one)
        tell_everybody(one, actor, now)
    return said


def roll_back(actor: User, kind: str, thing: int, number: int, *, now: datetime | None = None) -> int | None:
    """Back to an earlier version of a thing, in force at once as a new one; its number. Raises Conflict, Missing."""
    sort = kind_of(kind)
    require(actor, sort.permission)
    with transaction.atomic():
        return sort.roll_back(actor, sort.found(thing), number, now or timezone.now())


def take_away(actor: User, change_id: int, *, now: datetime | None = None) -> Change:
    """The way back where an adopted proposal made something new: that is out of use. Raises Conflict, Missing."""
    with transaction.atomic():
        one, sort = _owned(actor, change_id)
        if not made_something(one):
            raise Conflict(_("It made nothing new. Go back to an earlier version instead."))
        row = sort.found(one.thing)
        sort.take_away(actor, row, now or timezone.now())
        audit(actor, "change_rolled_back", row, change=one.pk)
    return one


def made_something(one: Change) -> bool:
    """Whether it was adopted and a new thing came of it by itself, which may be gone by now."""
    return one.is_new and one.state == State.ADOPTED and one.values is not None


# ── reading ──────────────────────────────────────────────────────────────────
def seen_by(person: User) -> "QuerySet[Change]":
    """What somebody may see: everything but drafts of others about which they do not decide."""
    rows = Change.objects.filter(kind__in=KINDS).select_related("author", "decided_by", "planned_by")
    return rows.filter(~Q(state=State.DRAFT) | Q(author=person) | Q(kind__in=owned_by(person)))


def one_seen_by(person: User, change_id: int) -> Change:
    """Raises Missing, NotPermitted."""
    _works_here(person)
    found = seen_by(person).filter(pk=change_id).first()
    if found is None:
        raise _missing()
    return found


def of_thing(person: User, kind: Kind, row: Any) -> "QuerySet[Change]":
    """What somebody wants to change of one thing, the newest first."""
    return seen_by(person).filter(kind=kind.slug, thing=kind.identity(row)).order_by("-id")


def foreseen(person: User, change_id: int, *, days: int = USUAL_PREVIEW, now: datetime | None = None) -> Preview:
    """What it would have done in the last days; in words alone nothing is counted. Raises Invalid for the days."""
    if not 1 <= days <= LONGEST_PREVIEW:
        raise _refusal("days", _("From 1 to %(most)d days.") % {"most": LONGEST_PREVIEW})
    one = one_seen_by(person, change_id)
    sort = kind_of(one.kind)
    if one.values is None:
        return Preview(days, note=_("It is in words, so that nothing can be counted beforehand."))
    if sort.reads is not None and one.author_id != person.pk:
        require(person, sort.reads)
    return sort.preview(sort.meant(one.thing), one.values, days, now or timezone.now())


def adopted() -> "QuerySet[Change]":
    """Proposals that became something."""
    return Change.objects.filter(state=State.ADOPTED, proposed_at__isnull=False)


def may_decide(person: User, one: Change) -> bool:
    return person.may(kind_of(one.kind).permission)


# ── steps that the verbs share ───────────────────────────────────────────────
def _fill(one: Change, sort: Kind, row: Any, what: str, why: str, values: Mapping[str, Any] | None) -> None:
    one.what, one.why = " ".join(what.split()), why.strip()
    if not one.what:
        raise _refusal("what", _("Say in a sentence what should be different."))
    one.values, one.began_at = None, sort.number(row) if row is not None else None
    if values is not None:
        if "version" in values or (row is None and not sort.makes):
            raise _refusal("values", _("Say in words what should be different."))
        one.values = sort.checked(row, values)
        if not one.values:
            raise _refusal("values", _("Nothing would be different. Change a value, or say it in words."))
    try:
        one.clean_fields(exclude={field.name for field in one._meta.fields} - {"what", "why"})
    except ValidationError as refused:
        errors = {name: list(words) for name, words in refused.message_dict.items()}
        raise Invalid(
            _("Some values can't be used: %(names)s.") % {"names": ", ".join(errors)}, errors=errors
        ) from None


def _moment(at: datetime, now: datetime) -> datetime:
    if not now < at <= now + FARTHEST_PLAN:
        raise _refusal("at", _("Choose a moment that is still to come, within a year."))
    return at


def _refuse_stale(one: Change, seen: datetime | None) -> None:
    if seen is not None and seen != one.changed_at:
        raise Conflict(_("Somebody changed it meanwhile. Look at it again."), code="stale")


def _locked(actor: User, change_id: int) -> tuple[Change, Kind]:
    """Raises Missing, also for somebody else's draft."""
    one = Change.objects.select_for_update(of=("self",)).select_related("author").filter(pk=change_id).first()
    if one is None or one.kind not in KINDS:
        raise _missing()
    sort = kind_of(one.kind)
    if one.state == State.DRAFT and one.author_id != actor.pk and not actor.may(sort.permission):
        raise _missing()
    return one, sort


def _own(actor: User, change_id: int) -> tuple[Change, Kind]:
    _works_here(actor)
    one, sort = _locked(actor, change_id)
    if one.author_id != actor.pk:
        raise NotPermitted(_("Only whoever wrote it does this."))
    return one, sort


def _owned(actor: User, change_id: int) -> tuple[Change, Kind]:
    _works_here(actor)
    one, sort = _locked(actor, change_id)
    require(actor, sort.permission)
    return one, sort


def _works_here(actor: User) -> None:
    if not actor.is_active:
        raise NotPermitted(_("Whoever has left proposes nothing any more."))


def _missing() -> Missing:
    return Missing(_("There is no such proposal, or it is somebody’s draft."))


def _refusal(field: str, words: str) -> Invalid:
    return Invalid(words, errors={field: [words]})
