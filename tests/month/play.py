"""The month in fast-forward on the real desk: raw items in, replies out through the gateway, sweeps every hour.

Time is handed to every verb, as the tasks do it. What the desk took is written down as facts, which is all that the
second reckoning (`tests.month.reckoning`) gets to see.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import transaction

from desk.actions.inboxes import health
from desk.actions.intake import ingest
from desk.actions.replies import reply, send
from desk.actions.reports import reports
from desk.actions.sla import clock_sweep
from desk.actions.tickets import tickets
from desk.common.errors import DeskError
from desk.inboxes.gateway import Change, Transient
from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from desk.replies.models import Reply
from desk.tickets.models import Message
from policies.reply_states import State
from tests.month.network import Networks
from tests.month.script import ANSWERS, BLIND, HOUR, MONTH_BEGINS, MONTH_ENDS, Deed, Said, Script, in_time

UNDO = timedelta(seconds=settings.UNDO_SECONDS)  # a public reply waits so long before it leaves


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened, in the order in which the desk learnt of it."""

    what: str
    at: datetime
    ref: str = ""
    more: dict[str, Any] = field(default_factory=dict)


class Month:
    """One run through a script."""

    def __init__(self, script: Script, networks: Networks, supervisor: User, agents: list[User], teams: list[Team]):
        self.script, self.networks = script, networks
        self.supervisor, self.agents, self.teams = supervisor, agents, teams
        self.facts: list[Fact] = []
        self.refused: dict[str, int] = {}
        self.tickets: dict[str, int] = {}  # on which a message was when it had come in
        self._said = {one.ref: one for one in script.said}
        self._next_sweep = MONTH_BEGINS
        self._next_count = MONTH_BEGINS
        self._blind = False

    def play(self) -> None:
        for (at, is_said, inbox), group in groupby(in_time(self.script), _together):
            self._sweep_until(at)
            if is_said:
                self._hear(inbox, at, [one for one in group if isinstance(one, Said)])
            else:
                for deed in group:
                    assert isinstance(deed, Deed)
                    self._do(deed)
        self._sweep_until(MONTH_ENDS)
        self._sweep(MONTH_ENDS)

    # ── what comes in ────────────────────────────────────────────────────────
    def _hear(self, number: int, at: datetime, said: Sequence[Said]) -> None:
        inbox = self.networks.inboxes[number]
        with transaction.atomic():
            items = [self.networks.items[one.ref] for one in said]
            ingest.store(inbox.pk, items, source="poll", received_at=at)
        ingest.process(inbox.pk, at)
        keys = {self.networks.items[one.ref].external_id: one.ref for one in said}
        rows = Message.objects.filter(inbox=inbox, external_id__in=keys).values_list("external_id", "ticket_id")
        self.tickets |= {keys[external_id]: ticket for external_id, ticket in rows}
        for one in sorted(said, key=lambda one: one.at):
            self.facts.append(Fact("heard" if one.author else "answered by hand", at, one.ref))

    def _taken_back(self, deed: Deed) -> bool:
        one = self._said[deed.ref]
        if one.heard_at > deed.at:
            return False
        inbox = self.networks.inboxes[one.inbox]
        item = replace(self.networks.items[one.ref], change=Change.DELETED, changed_at=deed.at)
        with transaction.atomic():
            ingest.store(inbox.pk, [item], source="webhook", received_at=deed.at)
        ingest.process(inbox.pk, deed.at)
        return True

    # ── what colleagues do ───────────────────────────────────────────────────
    def _do(self, deed: Deed) -> None:
        try:
            done = self._taken_back(deed) if deed.what == "deleted" else self._on_ticket(deed)
        except DeskError as refused:
            key = f"{deed.what}: {refused.code}"
            self.refused[key] = self.refused.get(key, 0) + 1
            return
        if done and deed.what != "reply":
            self.facts.append(Fact(deed.what, deed.at, deed.ref, {"who": deed.who, **deed.more}))

    def _on_ticket(self, deed: Deed) -> bool:
        ticket, agent, at = self._ticket(deed.ref), self.agents[deed.who], deed.at
        if ticket is None:  # nobody has heard of it yet
            return False
        match deed.what:
            case "reply":
                return self._reply(deed, ticket, agent)
            case "snooze":
                tickets.snooze(agent, ticket, deed.more["until"], now=at)
            case "assign":
                tickets.assign(self.supervisor, ticket, assignee_id=agent.pk, now=at)
            case "team":
                tickets.assign(self.supervisor, ticket, team_id=self.teams[deed.more["value"]].pk, now=at)
            case "priority":
                tickets.set_priority(agent, ticket, deed.more["value"], now=at)
            case "merge":
                into = self._ticket(deed.more["into"])
                if into is None:
                    return False
                tickets.merge(agent, ticket, into, now=at)
            case _:
                tickets.transition(agent, ticket, {"spam": "mark_spam"}.get(deed.what, deed.what), now=at)
        return True

    def _reply(self, deed: Deed, ticket: int, agent: User) -> bool:
        asked = self._said[deed.ref]
        text = ANSWERS[asked.language].format(number=len(self.facts))
        visibility = "private" if asked.private else "public"
        key = f"{deed.ref} {len(self.facts)}"
        made = reply.submit(
            agent, ticket, text=text, visibility=visibility, idempotency_key=key, send_anyway=True, now=deed.at
        )
        self.facts.append(Fact("submitted", deed.at, deed.ref, {"who": deed.who}))
        # A network's clock does not go back, though a private reply leaves before a public one that waits for its undo.
        at = max(deed.at if asked.private else deed.at + UNDO, self.networks.time.now)
        self.networks.time.now = at
        send.send(made.pk, at)
        sent = Reply.objects.get(pk=made.pk)
        assert sent.state == State.SENT, (sent.state, sent.problem_code, sent.problem)
        self.facts.append(Fact("sent", at, deed.ref))
        return True

    def _ticket(self, ref: str) -> int | None:
        inbox, external_id = self.address_of(ref)
        rows = Message.objects.filter(inbox=inbox, external_id=external_id)
        return rows.values_list("ticket_id", flat=True).first()

    # ── who is who afterwards ────────────────────────────────────────────────
    def address_of(self, ref: str) -> tuple[int, str]:
        """The inbox and the network's number of something that was said."""
        return self.networks.inboxes[self._said[ref].inbox].pk, self.networks.items[ref].external_id

    # ── what time alone makes happen ─────────────────────────────────────────
    def _sweep_until(self, now: datetime) -> None:
        while self._next_sweep <= now:
            self._sweep(self._next_sweep)
            self._next_sweep += HOUR
        if self._next_count <= now:
            reports.count_changes()
            self._next_count += 24 * HOUR

    def _sweep(self, now: datetime) -> None:
        clock_sweep.sweep(now)
        tickets.wake(now)
        self.facts.append(Fact("woken", now))
        first = Inbox.objects.get(pk=self.networks.inboxes[0].pk)
        if not self._blind and BLIND[0] <= now < BLIND[1]:
            Inbox.objects.filter(pk=first.pk).update(last_poll_at=BLIND[0])
            health.failed(Inbox.objects.get(pk=first.pk), Transient("%(network)s can't be reached.", network="X"), now)
            self._blind = True
        elif self._blind and now >= BLIND[1]:
            health.reached(first, BLIND[1])
            self._blind = False


def _together(one: Said | Deed) -> tuple[datetime, bool, int]:
    """What reaches an inbox at the same moment is one batch."""
    return (one.heard_at, True, one.inbox) if isinstance(one, Said) else (one.at, False, 0)
