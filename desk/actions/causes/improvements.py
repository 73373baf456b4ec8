"""From a cause to a change: anybody proposes one, whoever owns the cause or manages causes sees it through, and when
it is done the customers who had asked can be told.

Such a word to a customer is a reply like any other: the same rules, the same approval, the same send step.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.replies.reply import submit
from desk.causes.models import Improvement, Told
from desk.causes.tree import Tree
from desk.common.errors import Conflict, DeskError, Invalid, Missing, NotPermitted
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.replies.models import Reply
from desk.tickets.models import Ticket
from policies.improvement_states import Event, TransitionRefused, next_state
from policies.ticket_states import State

MOST_TOLD = 25  # customers at a time: a person looks what became of them before going on
ASKED_WITHIN = timedelta(days=84)  # before it was done
LONGEST_REPLY = 2_000  # characters


def propose(
    actor: User,
    cause_id: int,
    what: str,
    *,
    owner_id: int | None = None,
    due_on: date | None = None,
    now: datetime | None = None,
) -> Improvement:
    """Ideas need no rank: whoever reads tickets proposes what would help. Raises Invalid, Missing."""
    require(actor, Permission.READ_TICKETS)
    with transaction.atomic():
        tree = Tree()
        if cause_id not in tree:
            raise Missing(_("There is no such cause."))
        cause = tree.now(cause_id)
        one = Improvement(cause=cause, proposed_by=actor, created_at=now or timezone.now())
        _fill(one, what, owner_id, due_on)
        audit(actor, "improvement_proposed", one, cause=cause.pk, what=one.what)
    return one


def change(
    actor: User, improvement_id: int, what: str, *, owner_id: int | None = None, due_on: date | None = None
) -> Improvement:
    """What will change, who does it and by when. Raises Invalid, Missing, NotPermitted."""
    with transaction.atomic():
        one = _steered(actor, improvement_id)
        before = _told(one)
        _fill(one, what, owner_id, due_on)
        after = _told(one)
        if changed := {name: [before[name], after[name]] for name in after if before[name] != after[name]}:
            audit(actor, "improvement_changed", one, **changed)
    return one


def step(
    actor: User,
    improvement_id: int,
    event: str,
    *,
    changed: str = "",
    done_on: date | None = None,
    now: datetime | None = None,
) -> Improvement:
    """Agree to it, start it, finish it, drop it, take it up again. `changed` says in plain words what was changed, and
    `done_on` since when (today, where it is not said); both are of finishing. Raises Conflict, Invalid, Missing,
    NotPermitted.
    """
    today = timezone.localtime(now or timezone.now()).date()
    with transaction.atomic():
        one = _steered(actor, improvement_id)
        try:
            one.state = next_state(one.state, event)
        except TransitionRefused as refused:
            raise Conflict(
                _("This is not possible now. Possible: %(events)s.") % {"events": ", ".join(refused.possible)},
                code="transition_refused",
            ) from None
        one.done_on = None
        if event == Event.FINISH:
            one.changed, one.done_on = " ".join(changed.split()), done_on or today
            if not one.changed:
                raise Invalid(_("Say what was changed."), errors={"changed": [_("Say what was changed.")]})
            if one.done_on > today:
                raise Invalid(_("This day is still to come."), errors={"done_on": [_("This day is still to come.")]})
        _keep(one)
        audit(actor, f"improvement_{event}", one, **({"what": one.changed} if one.done_on else {}))
    return one


def who_asked(one: Improvement) -> QuerySet[Ticket]:
    """The tickets whose customers can be told, newest first: one of each customer who asked in the weeks before it was
    done, was answered, and was not told yet.
    """
    if one.done_on is None:
        return Ticket.objects.none()
    until = timezone.make_aware(datetime.combine(one.done_on, datetime.min.time())) + timedelta(days=1)
    tree = Tree()
    asked = Ticket.objects.filter(
        cause_row__cause__in=tree.under(tree.now(one.cause_id)), state=State.RESOLVED, inbox__drill=False,
        merged_into=None, erased_at=None, customer__blocked_at=None, customer__erased_at=None,
        created_at__lt=until, created_at__gte=until - ASKED_WITHIN,
    )  # fmt: skip
    told = Told.objects.filter(improvement=one, ticket__customer=OuterRef("customer"))
    newest = asked.filter(~Exists(told)).order_by("customer", "-created_at", "-id").distinct("customer")
    return Ticket.objects.filter(pk__in=newest.values("pk")).order_by("-created_at", "-id")


def tell(actor: User, improvement_id: int, text: str, *, now: datetime | None = None) -> list[Told]:
    """Tell the next customers who asked, at most MOST_TOLD, each where they asked, as replies by this colleague.

    The rules hold each as any reply; what they refuse is written down with its code and stops no other. Raises
    Conflict, Invalid, Missing.
    """
    require(actor, Permission.ANSWER_IN_BATCHES)
    now = now or timezone.now()
    one = _improvement(improvement_id)
    text = text.strip()
    if not text or len(text) > LONGEST_REPLY:
        words = _("Write 1 to %(most)d characters.") % {"most": LONGEST_REPLY}
        raise Invalid(words, errors={"text": [words]})
    if one.done_on is None:
        raise Conflict(_("Customers are told once it is done."))
    audit(actor, "improvement_told", one)
    return [_tell(actor, one, ticket, text, now) for ticket in who_asked(one)[:MOST_TOLD]]


def _tell(actor: User, one: Improvement, ticket: Ticket, text: str, now: datetime) -> Told:
    """The key makes it one reply, whoever tries again after a crash between the reply and the row about it."""
    visibility = Reply.Visibility.PRIVATE if ticket.private else Reply.Visibility.PUBLIC
    row = Told(improvement=one, ticket=ticket, at=now)
    try:
        row.reply_id = submit(
            actor, ticket.pk, text=text, visibility=visibility, idempotency_key=f"improvement {one.pk} {ticket.pk}",
            send_anyway=True, now=now,
        ).pk  # fmt: skip
    except DeskError as refused:
        row.code = refused.code
    row.save()
    return row


# ── steps that the verbs share ───────────────────────────────────────────────
def may_steer(person: User, one: Improvement, tree: Tree) -> bool:
    """Whoever manages causes, owns the cause, or does the work."""
    if person.may(Permission.MANAGE_CAUSES):
        return True
    return person.may(Permission.READ_TICKETS) and person in (one.owner, tree.owner(tree.now(one.cause_id)))


def _steered(actor: User, improvement_id: int) -> Improvement:
    """Locked. Raises Missing, NotPermitted."""
    rows = Improvement.objects.select_for_update(of=("self",)).select_related("owner")
    one = rows.filter(pk=improvement_id).first()
    if one is None or not actor.may(Permission.READ_TICKETS):
        require(actor, Permission.READ_TICKETS)
        raise Missing(_("There is no such improvement."))
    if not may_steer(actor, one, Tree()):
        raise NotPermitted(_("Only whoever owns the cause or the improvement, or manages causes, decides about it."))
    return one


def _improvement(improvement_id: int) -> Improvement:
    one = Improvement.objects.filter(pk=improvement_id).first()
    if one is None:
        raise Missing(_("There is no such improvement."))
    return one


def _fill(one: Improvement, what: str, owner_id: int | None, due_on: date | None) -> None:
    one.what, one.due_on = " ".join(what.split()), due_on
    one.owner = User.objects.filter(pk=owner_id).first() if owner_id is not None else None
    if owner_id is not None and one.owner is None:
        raise Invalid(_("There is no such colleague."), errors={"owner": [_("There is no such colleague.")]})
    _keep(one)


def _keep(one: Improvement) -> None:
    try:
        one.clean_fields(exclude={field.name for field in one._meta.fields} - {"what", "changed", "due_on"})
    except ValidationError as refused:
        errors = {name: list(words) for name, words in refused.message_dict.items()}
        raise Invalid(
            _("Some values can't be used: %(names)s.") % {"names": ", ".join(errors)}, errors=errors
        ) from None
    one.save()


def _told(one: Improvement) -> dict[str, Any]:
    return {"what": one.what, "owner": one.owner_id, "due_on": one.due_on and one.due_on.isoformat()}
