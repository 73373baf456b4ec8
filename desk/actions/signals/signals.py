"""What people say of a signal: it is a crisis, or it is none and the detector was wrong."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.actions.crises import crises
from desk.actions.crises.crisis_tickets import put_in
from desk.actions.signals.signal_raising import suspect
from desk.actions.signals.watching import judge_signal
from desk.common.errors import Conflict, Invalid, Missing
from desk.common.live import publish
from desk.crises.models import Crisis
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.signals import words
from desk.signals.models import Signal
from desk.tickets.models import Ticket
from policies.crisis_states import Level

LONGEST_REASON = 2_000  # characters


def start_crisis(
    actor: User, signal_id: int, *, level: int = Level.WATCH, reason: str = "", now: datetime | None = None
) -> Crisis:
    """Start what it makes one suspect. Without a reason, what the signal says is the reason.

    Raises Missing, Invalid, Conflict.
    """
    require(actor, Permission.MANAGE_CRISES)
    now = now or timezone.now()
    with transaction.atomic():
        signal = _open_signal(signal_id)
        if signal.crisis is None or signal.crisis.state != Crisis.State.SUSPECTED:  # a silence, or one that is over
            signal.crisis = suspect(signal, now)
            signal.save(update_fields=["crisis"])
        said = reason.strip() or words.sentence(signal)
        crisis = crises.set_level(actor, signal.crisis.pk, level, reason=said, now=now)
        if signal.kind == Signal.Kind.OUTBREAK:
            _put_in(actor, signal, crisis, now)
        judge_signal(signal, True, now, by=actor.pk, reason=reason.strip())
        audit(actor, "signal_crisis", signal, crisis=crisis.pk)
        publish("signal", {"id": signal.pk, "kind": signal.kind, "crisis": crisis.pk})
    return crisis


def dismiss(actor: User, signal_id: int, *, reason: str, now: datetime | None = None) -> Signal:
    """It is no crisis. Its stream waits twice as long after its next alerts, for some weeks; the suspicion falls with
    its last signal. Raises Missing, Invalid, Conflict.
    """
    require(actor, Permission.MANAGE_CRISES)
    now, said = now or timezone.now(), reason.strip()
    if not said or len(said) > LONGEST_REASON or "\x00" in said:
        problem = _("Say why, in 1 to %(count)d characters.") % {"count": LONGEST_REASON}
        raise Invalid(problem, errors={"reason": [problem]})
    with transaction.atomic():
        signal = _open_signal(signal_id)
        judge_signal(signal, False, now, by=actor.pk, reason=said)
        audit(actor, "signal_dismissed", signal, text=said)
        crisis = signal.crisis
        others = Signal.objects.filter(crisis=crisis, verdict=Signal.Verdict.OPEN)
        if crisis is not None and crisis.state == Crisis.State.SUSPECTED and not others.exists():
            crises.dismiss(actor, crisis.pk, reason=said, now=now)
        publish("signal", {"id": signal.pk, "kind": signal.kind, "crisis": signal.crisis_id})
    signal.refresh_from_db()
    return signal


def _put_in(actor: User, signal: Signal, crisis: Crisis, now: datetime) -> None:
    """The tickets of an outbreak, so that whatever almost repeats their words comes in too."""
    for ticket in Ticket.objects.filter(messages__pk__in=signal.posts).distinct().order_by("pk"):
        put_in(actor, ticket.pk, crisis.pk, now=now)


def known_signal(signal_id: int) -> Signal:
    """With its stream, its crisis and who judged it. Raises Missing."""
    signal = Signal.objects.select_related("stream", "crisis", "judged_by").filter(pk=signal_id).first()
    if signal is None:
        raise Missing(_("There is no such signal."))
    return signal


def _open_signal(signal_id: int) -> Signal:
    """Held until the transaction ends. Raises Missing, and Conflict where it was judged already."""
    if not Signal.objects.select_for_update().filter(pk=signal_id).exists():
        raise Missing(_("There is no such signal."))
    signal = known_signal(signal_id)
    if signal.verdict != Signal.Verdict.OPEN:
        raise Conflict(_("This signal was judged already: %(verdict)s.") % {"verdict": signal.get_verdict_display()})
    return signal
