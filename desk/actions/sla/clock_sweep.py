"""What time alone makes happen to clocks: they run late, and steps of their alert chains fall due.

`clock_looks.py` says when to look at a clock; `desk.actions.alerts.notices` has the acknowledgement. Alerts are
stopped here too, when the clock stands still or has ended.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from desk.actions.alerts.recipients import Recipients
from desk.actions.sla.clock_claim import Waiting, claim
from desk.actions.sla.clock_looks import calendar_of, chain_of, choose_chains, earliest, facts_of, late_from
from desk.actions.tickets.announce import MOST, announce
from desk.alerts.chains import rules_of
from desk.alerts.models import Alert, Notification, Outgoing, WebhookCall
from desk.alerts.notices import Notice, changed, notify
from desk.common.background import enqueue
from desk.common.batches import until_done
from desk.common.bulk import insert_rows, update_rows
from desk.common.logs import logger
from desk.sla.models import Clock
from desk.sla.promises import calendars_of
from desk.tickets.models import Ticket, TicketEvent
from policies.alerts import UNITS, Due, Step, next_step

BATCH = 2_500
PUSHED = timedelta(minutes=10)  # a clock that can't be judged is looked at again this much later
MOST_TOLD = 20  # notices for one person; of more alerts at once they hear in one, with their number
_ALERT = ("clock_id", "ticket_id", "chain_version_id", "step", "due_at", "fired_at", "stopped_why")
_EVENT = ("ticket_id", "kind", "at", "data")
_CALL = ("webhook_id", "alert_id", "state", "attempts", "created_at", "next_attempt_at", "problem")
_STOPPED = {
    Clock.State.MET: Alert.Stopped.MET,
    Clock.State.CANCELLED: Alert.Stopped.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Swept:
    """How many clocks were found to be late, and how many alerts were raised."""

    late: int
    alerts: int

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(self.late + other.late, self.alerts + other.alerts)


def sweep(now: datetime) -> Swept:
    """Write down every clock that ran out, and take every step that has fallen due, in batches.

    The claim, the mark, the alerts, the notices, the mails and calls on their way, the timeline and the live event
    belong to one transaction: two sweeps never tell one twice, and a killed one loses none.
    """
    return until_done(partial(_sweep_batch, now), "desk.tasks.sweep_clocks")


@transaction.atomic
def _sweep_batch(now: datetime) -> tuple[Swept, bool]:
    clocks = claim(now, BATCH)
    return _Round(clocks, now).carry_out(), len(clocks) == BATCH


@dataclass(slots=True)
class _Taken:
    """One step that falls due now for one clock."""

    clock: Waiting
    due: Due
    alert_id: int = 0

    @property
    def step(self) -> Step:
        return chain_of(self.clock).steps[self.due.number]


@dataclass(slots=True)
class _Round:
    """One batch of the sweep."""

    clocks: Sequence[Waiting]
    now: datetime
    _steps: dict[int, set[int]] = field(default_factory=dict)  # taken before, by clock
    _acknowledged: set[int] = field(default_factory=set)  # clocks
    _looks: dict[int, datetime | None] = field(default_factory=dict)

    def carry_out(self) -> Swept:
        if not self.clocks:
            return Swept(0, 0)
        self._read()
        late = [clock for clock in self.clocks if self._is_late(clock)]
        taken = self._insert([one for clock in self.clocks for one in self._judge(clock)])
        stop_alerts(self._ended(), self.now)
        update_rows(
            Clock,
            ("id", "breached_at", "look_at", "alert_chain_version_id"),
            ((one.id, one.breached_at, self._looks[one.id], one.alert_chain_version_id) for one in self.clocks),
        )
        self._announce(late)
        self._tell(taken)
        return Swept(len(late), len(taken))

    def _read(self) -> None:
        taken = Alert.objects.filter(clock__any_of=[clock.id for clock in self.clocks])
        for clock_id, step, acknowledged_at in taken.values_list("clock_id", "step", "acknowledged_at"):
            self._steps.setdefault(clock_id, set()).add(step)
            if acknowledged_at is not None:
                self._acknowledged.add(clock_id)
        choose_chains([clock for clock in self.clocks if clock.alert_chain_version_id is None])
        rules_of(clock.alert_chain_version_id or 0 for clock in self.clocks)
        calendars_of(clock.calendar_version_id for clock in self.clocks)

    def _is_late(self, clock: Waiting) -> bool:
        """Whether it ran out unnoticed; then it is marked with the instant at which it was due."""
        first_late = late_from(clock)
        if first_late is None or self.now < first_late:
            return False
        clock.breached_at = clock.due_at
        return True

    def _judge(self, clock: Waiting) -> list[_Taken]:
        """The steps to take now. When to look again is noted."""
        facts, done = facts_of(clock), self._steps.get(clock.id, set())
        if facts is None:
            self._looks[clock.id] = None
            return []
        try:
            verdict = next_step(
                chain_of(clock), facts, done, clock.id in self._acknowledged, self.now, calendar_of(clock)
            )
        except (ValueError, OverflowError) as problem:  # a calendar that never opens again holds up nobody else
            logger.warning("a clock can't be judged", clock=clock.id, problem=str(problem))
            self._looks[clock.id] = earliest(self.now + PUSHED, late_from(clock))
            return []
        self._looks[clock.id] = earliest(verdict.look_at, late_from(clock))
        return [_Taken(clock, due) for due in verdict.now]

    def _insert(self, wanted: Sequence[_Taken]) -> list[_Taken]:
        """Those that were really written: a step of a clock is taken once, whoever tries."""
        rows = (
            (
                one.clock.id, one.clock.ticket_id, one.clock.alert_chain_version_id, one.due.number, one.due.at,
                self.now, "",
            )
            for one in wanted
        )  # fmt: skip
        written = insert_rows(
            Alert, _ALERT, rows, on_conflict="(clock_id, step) DO NOTHING", returning=("id", "clock_id", "step")
        )
        ids = {(clock_id, step): pk for pk, clock_id, step in written}
        taken = [one for one in wanted if (one.clock.id, one.due.number) in ids]
        for one in taken:
            one.alert_id = ids[one.clock.id, one.due.number]
        return taken

    def _ended(self) -> dict[int, str]:
        """Clocks that stand still or have ended while alerts for them were open, and why."""
        return {
            clock.id: _STOPPED.get(Clock.State(clock.state), Alert.Stopped.PAUSED)
            for clock in self.clocks
            if clock.state != Clock.State.RUNNING and clock.id in self._steps
        }

    def _announce(self, late: Sequence[Waiting]) -> None:
        """A line in the timeline of each, and a word to open screens."""
        data = (f'{{"clock": {clock.id}, "metric": "{clock.metric}"}}' for clock in late)
        rows = ((clock.ticket_id, "breached", clock.due_at, told) for clock, told in zip(late, data, strict=True))
        insert_rows(TicketEvent, _EVENT, rows)
        first = [clock.ticket_id for clock in late[: MOST + 1]]  # one more than is told: screens hear of the rest
        announce([(ticket, "change") for ticket in Ticket.objects.filter(pk__any_of=first)])

    def _tell(self, taken: Sequence[_Taken]) -> None:
        people = Recipients.of([one.clock for one in taken], self.now)
        heard: dict[int, dict[int, _Taken]] = {}  # by person and clock: of several steps the last
        events, calls = [], []
        for one in taken:
            clock, step = one.clock, one.step
            told, webhooks = people.of_step(step, clock), people.webhooks(step)
            for person in told:
                heard.setdefault(person, {})[clock.id] = one
            # Numbers alone, and ten thousand at a time: written here in half the time of what writes any JSON.
            data = (
                f'{{"alert": {one.alert_id}, "step": {one.due.number + 1}, "told": {sorted(told)}, '
                f'"webhooks": {webhooks}}}'
            )
            events.append((clock.ticket_id, "alerted", self.now, data))
            calls += [(webhook, one.alert_id, Outgoing.State.QUEUED, 0, self.now, self.now, "") for webhook in webhooks]
        insert_rows(TicketEvent, _EVENT, events)
        insert_rows(WebhookCall, _CALL, calls)
        notify((one for person, theirs in heard.items() for one in _notices(person, theirs.values())), self.now)
        if calls:
            enqueue("desk.tasks.send_webhook_calls")


def _notices(person: int, taken: Iterable[_Taken]) -> Iterable[Notice]:
    """What one person is told: of a few alerts each by itself, of a flood how many there are.

    Nobody reads a thousand lines with a button each. Every ticket still shows its own alert, and asks there for the
    word that stops it.
    """
    theirs = list(taken)
    for drill in (False, True):
        alike = [one for one in theirs if one.clock.drill is drill]
        if len(alike) > MOST_TOLD:
            yield Notice(person, "alerts", params={"count": len(alike), **_marked(alike[0])})
            continue
        for one in alike:
            yield Notice(person, "alert", ticket_id=one.clock.ticket_id, alert_id=one.alert_id, params=_params(one))


def _params(one: _Taken) -> dict[str, object]:
    return {
        "step": one.due.number + 1,
        **{unit: getattr(one.step, unit) for unit in UNITS},
        "metric": one.clock.metric,
        "due_at": one.clock.due_at.isoformat() if one.clock.due_at else None,
        "customer": one.clock.customer,
        **_marked(one),
    }


def _marked(one: _Taken) -> dict[str, object]:
    return {"drill": True} if one.clock.drill else {}


def stop_alerts(reasons: Mapping[int, str], now: datetime) -> None:
    """Close the open alerts of these clocks; reasons by clock. What they said waits for nobody any more."""
    still_open = Alert.objects.filter(clock__any_of=list(reasons), stopped_at=None, acknowledged_at=None)
    rows = [(pk, now, reasons[clock_id]) for pk, clock_id in still_open.values_list("pk", "clock_id")]
    update_rows(Alert, ("id", "stopped_at", "stopped_why"), rows)
    see_notices_of([pk for pk, _now, _why in rows], now)


def see_notices_of(alert_ids: Collection[int], now: datetime) -> None:
    """Notices of alerts that are over no longer count as unseen."""
    notices = Notification.objects.filter(alert__any_of=list(alert_ids), seen_at=None)
    seen = list(notices.values_list("pk", "user_id"))
    Notification.objects.filter(pk__any_of=[pk for pk, _user in seen]).update(seen_at=now)
    changed(user for _pk, user in seen)
