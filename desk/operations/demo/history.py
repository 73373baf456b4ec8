"""The desk's half of the history: every scene goes through the real pipeline, with `now` in the past.

Messages enter by `ingest`, colleagues work with the verbs, replies pass the rules and the outbox. It is one
transaction, so a history is there as a whole or not at all, and what was interrupted simply begins again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from desk.actions.intake import ingest
from desk.actions.replies import approval, drafts, reply, send
from desk.actions.replies.settle import settle
from desk.actions.sla import clock_sweep
from desk.actions.tickets import looking, tickets
from desk.actions.tickets.notes import add_note
from desk.inboxes.gateway import Change, Item, SendResult, connector_of
from desk.inboxes.models import Inbox, StreamState
from desk.inboxes.sandbox import Sandbox
from desk.operations.demo.accounts import Account, connect_accounts
from desk.operations.demo.broadcast import Heard, publish, read_back
from desk.operations.demo.canned import begun_with
from desk.operations.demo.scenes import (
    CUSTOMER,
    CUSTOMER_PRIVATE,
    DELETE,
    EDIT,
    FROM_NETWORK,
    LATER,
    NOTE,
    PRIVATE,
    PUBLIC,
    RETURNED,
    ZONE,
    Scene,
    Turn,
    all_scenes,
    company_posts,
)
from desk.people.models import User
from desk.replies import outbox
from desk.replies.models import Reply
from desk.tickets.models import Message, Ticket

UNDO = timedelta(seconds=10)  # how long a reply lay in the outbox
TAKEN_BEFORE = timedelta(seconds=40)  # a colleague took the ticket that long before doing anything with it
CLOSED_AFTER = timedelta(minutes=3)
READ_AFTER = timedelta(minutes=4)  # a reviewer says no that long after a reply was written
REVIEWER = "supervisor"
MORNING = 7  # hours: when a reply leaves that was put off
TROUBLES = {"unknown": "server_error_json", "failed": "forbidden", "held": "payment_required"}
SENDING = {"x": "POST /x/2/tweets", "facebook": "POST /facebook/.*comments", "instagram": "POST /instagram/.*replies"}


@dataclass(slots=True)
class Story:
    """A scene on its way: what still comes of it, and the tickets that it has touched."""

    scene: Scene
    account: Account
    steps: list[tuple[Turn, list[Turn]]]  # something from the network, then what colleagues did about it
    tickets: list[int] = field(default_factory=list)
    last: str = ""  # the network's id of what the customer said last
    taken: set[int] = field(default_factory=set)


def make_company(actor: User, people: Mapping[str, User], sandbox: Sandbox, now: datetime) -> list[Account]:
    """The accounts with their inboxes and, where an inbox is new, its history.

    Inbox and history are one transaction: no worker reads the past of an inbox before it has been told.
    """
    with transaction.atomic():
        accounts = connect_accounts(actor, sandbox, now)
        # Reviews and mail have no posts of our own: they come by themselves (`demo.reviews`, `demo.mails`).
        talk = [one for one in accounts if one.is_new and _has_posts(one)]
        stage = Stage(talk, people)
        stage.play()
    stage.end_on_the_networks()
    return accounts


def _has_posts(account: Account) -> bool:
    offered = connector_of(account.inbox).capabilities
    return offered.reply_public and not offered.one_answer


class Stage:
    """Accounts that are new and the people who work on them, and what is on the networks."""

    def __init__(self, accounts: Sequence[Account], people: Mapping[str, User]) -> None:
        self._accounts = {one.inbox.network: one for one in accounts}
        self._people = people
        self._now = max((one.began_at for one in accounts), default=timezone.now())
        self._scenes = [scene for scene in all_scenes(self._now) if scene.network in self._accounts]
        self._ids: dict[tuple[str, str], str] = {}  # network and ref → the network's id
        self._heard: dict[str, Heard] = {}  # by network
        self._taken_in: set[tuple[str, str]] = set()
        self._last_event_at: dict[int, datetime] = {}
        self._afterwards: list[Callable[[], None]] = []

    def play(self) -> None:
        """Put all words on the networks, read them back, and live through them, in the caller's transaction."""
        if not self._scenes:
            return
        posts = company_posts(self._now)
        for network, account in self._accounts.items():
            theirs = [scene for scene in self._scenes if scene.network == network]
            ids = publish(account, posts, theirs, self._people)
            self._ids |= {(network, ref): post_id for ref, post_id in ids.items()}
            self._heard[network] = read_back(account.inbox)
        self._take_in((one, self._item(network, post.ref)) for network, one in self._accounts.items() for post in posts)
        self._live_through([Story(scene, self._accounts[scene.network], list(_steps(scene))) for scene in self._scenes])
        for network, account in self._accounts.items():
            heard = self._heard[network]  # with our own words as the network tells them, which are known and only kept
            self._take_in((account, item) for item in heard.events.values())
            for name, cursor in heard.cursors.items():
                StreamState.objects.filter(inbox=account.inbox, name=name).update(cursor=cursor)
            Inbox.objects.filter(pk=account.inbox.pk).update(last_event_at=self._last_event_at[account.inbox.pk])
        clock_sweep.sweep(self._now)

    def end_on_the_networks(self) -> None:
        """What the desk knows already happens there too; and replies that a network does not take go out for real.

        No transaction may be open: until the history was safe, all of it had to be on the networks for another try.
        """
        for step in self._afterwards:
            step()
        for scene in self._scenes:
            if scene.trouble:
                account = self._accounts[scene.network]
                fault = account.sandbox.arm(account.network, TROUBLES[scene.trouble], SENDING[account.network])
                try:
                    answer = self._submit(scene, self._ticket_of(scene), scene.turns[-1])
                    send.send(answer.pk, timezone.now())
                finally:
                    account.sandbox.disarm([fault])

    def _live_through(self, stories: Sequence[Story]) -> None:
        """Round by round: what came from the networks, and what colleagues did before more came."""
        for number in range(max(len(story.steps) for story in stories)):
            going_on = [story for story in stories if number < len(story.steps)]
            self._take_in((story.account, self._told(story, story.steps[number][0])) for story in going_on)
            self._find_tickets(going_on)
            for story in going_on:
                acts = story.steps[number][1]
                if acts:
                    self._take(story, story.tickets[-1], acts[0].at - TAKEN_BEFORE)
                for turn in acts:
                    self._act(story, turn)
        for story in stories:
            self._finish(story)

    # ── what came from the networks ──────────────────────────────────────────
    def _take_in(self, told: Iterable[tuple[Account, Item]]) -> None:
        """Store and process, as if each had reached us some seconds after it happened."""
        newest: dict[int, datetime] = {}
        for account, item in sorted(told, key=lambda one: one[1].happened_at):
            if (account.network, item.event_key) not in self._taken_in:
                lag = Random(item.event_key).uniform(1.5, 6)  # noqa: S311 - a story, no secret
                received_at = item.happened_at + timedelta(seconds=lag)
                ingest.store(account.inbox.pk, [item], source="poll", received_at=received_at)
                self._taken_in.add((account.network, item.event_key))
                newest[account.inbox.pk] = received_at
        for inbox_id, last_event_at in newest.items():
            ingest.process(inbox_id, self._now)
            self._last_event_at[inbox_id] = max(last_event_at, self._last_event_at.get(inbox_id, last_event_at))

    def _item(self, network: str, ref: str) -> Item:
        return self._heard[network].items[self._ids[network, ref]]

    def _told(self, story: Story, turn: Turn) -> Item:
        """The item of a turn. An edit or a deletion is told of what the customer said last."""
        if turn.sign not in (EDIT, DELETE):
            item = self._item(story.scene.network, turn.ref)
            story.last = item.external_id if not turn.ours else story.last
            return item
        before = self._heard[story.scene.network].items[story.last]
        if turn.sign == DELETE:
            self._afterwards.append(partial(story.account.sandbox.remove, before.external_id))
            return replace(before, change=Change.DELETED, changed_at=turn.at, text="", attachments=(), raw={})
        edited = replace(before, change=Change.EDITED, changed_at=turn.at, text=turn.text)
        self._afterwards.append(partial(self._edit_there, story.account, edited))
        return edited

    def _edit_there(self, account: Account, item: Item) -> None:
        """Edit on the network too, and take in how it names the edit, so that a poll brings nothing new."""
        revision = account.sandbox.edit(item.external_id, item.text)["id"]
        self._take_in([(account, replace(item, revision=revision))])

    def _find_tickets(self, stories: Sequence[Story]) -> None:
        """Which ticket each story's last message came to."""
        ids = [story.last for story in stories]
        rows = Message.objects.filter(external_id__in=ids, ticket__isnull=False)
        found = dict(rows.values_list("external_id", "ticket_id"))
        for story in stories:
            ticket_id = found.get(story.last)
            if ticket_id is not None and ticket_id not in story.tickets:
                story.tickets.append(ticket_id)

    # ── what colleagues did ──────────────────────────────────────────────────
    def _act(self, story: Story, turn: Turn) -> None:
        scene, ticket_id = story.scene, story.tickets[-1]
        if turn.sign == NOTE:
            add_note(self._people[turn.by or scene.by], ticket_id, turn.text, now=turn.at)
        elif not (scene.unsent and turn == scene.turns[-1]):
            self._answer(scene, ticket_id, turn)
        elif scene.waits:
            self._let_wait(scene, ticket_id, turn)

    def _take(self, story: Story, ticket_id: int, at: datetime) -> None:
        """Open the ticket and, the first time, make it one's own and say what it is about."""
        scene = story.scene
        colleague = self._people[scene.by]
        looking.open_ticket(colleague, ticket_id)
        if ticket_id in story.taken:
            return
        story.taken.add(ticket_id)
        tickets.claim(colleague, ticket_id, now=at)
        if scene.tags:
            tickets.tag(colleague, ticket_id, add=scene.tags, now=at + timedelta(seconds=8))
        if scene.priority is not None:
            tickets.set_priority(colleague, ticket_id, scene.priority, now=at + timedelta(seconds=15))

    def _answer(self, scene: Scene, ticket_id: int, turn: Turn) -> None:
        """Through the rules and the outbox; the network has the words already."""
        item = self._item(scene.network, turn.ref)
        answer = self._submit(scene, ticket_id, turn)
        claimed = outbox.claim(answer.pk, turn.at)
        if claimed is None:
            raise RuntimeError(f"{turn.ref} could not be sent: {answer.state}")
        settle(claimed, SendResult(item.external_id, item.created_at, item.thread_id, item.url), turn.at)

    def _let_wait(self, scene: Scene, ticket_id: int, turn: Turn) -> None:
        """A reply that is put off until tomorrow, waits for a colleague's word, or is its author's again after one."""
        if scene.waits == LATER:
            self._submit(scene, ticket_id, turn, send_at=tomorrow_morning(self._now))
            return
        answer = self._submit(scene, ticket_id, turn, ask_approval=True)
        if scene.waits == RETURNED:
            at = min(turn.at + READ_AFTER, self._now)
            approval.reject(self._people[REVIEWER], answer.pk, reason=scene.because, now=at)

    def _submit(self, scene: Scene, ticket_id: int, turn: Turn, **how: Any) -> Reply:
        return reply.submit(
            self._people[scene.by],
            ticket_id,
            text=turn.text,
            visibility=Reply.Visibility.PRIVATE if turn.sign == PRIVATE else Reply.Visibility.PUBLIC,
            idempotency_key=turn.ref,
            send_anyway=True,
            **(begun_with(scene.tags, turn.text) if turn.ref == _first_answer(scene) else {}),
            **how,
            now=turn.at - UNDO,
        )

    def _finish(self, story: Story) -> None:
        """What the scene ends with. The last words are read, so that nothing is left unread on what is done."""
        scene = story.scene
        at = min(scene.turns[-1].at + CLOSED_AFTER, self._now)
        if not scene.by:
            return
        colleague = self._people[scene.by]
        for ticket_id in story.tickets:
            if ticket_id not in story.taken or (scene.wish and not story.steps[-1][1]):
                self._take(story, ticket_id, at)
            if scene.wish == "snooze":
                tickets.snooze(colleague, ticket_id, self._now + scene.snooze, now=at)
            elif scene.wish:
                tickets.transition(colleague, ticket_id, scene.wish, now=at)
        if scene.draft:
            drafts.save(colleague, story.tickets[-1], text=scene.draft, visibility=Reply.Visibility.PUBLIC)

    def _ticket_of(self, scene: Scene) -> int:
        said = [turn for turn in scene.turns if turn.sign in (CUSTOMER, CUSTOMER_PRIVATE)]
        account = self._accounts[scene.network]
        return Ticket.objects.get(
            messages__inbox=account.inbox, messages__external_id=self._ids[scene.network, said[-1].ref]
        ).pk


def _steps(scene: Scene) -> Iterator[tuple[Turn, list[Turn]]]:
    """Each thing that came from the network, with what was done before the next one came."""
    step: tuple[Turn, list[Turn]] | None = None
    for turn in scene.turns:
        if turn.sign in FROM_NETWORK:
            if step:
                yield step
            step = (turn, [])
        elif step:
            step[1].append(turn)
    if step:
        yield step


def _first_answer(scene: Scene) -> str:
    """The `ref` of what a colleague said first."""
    return next((turn.ref for turn in scene.turns if turn.sign in (PUBLIC, PRIVATE)), "")


def tomorrow_morning(now: datetime) -> datetime:
    """The morning of the day after, where the company is."""
    local = now.astimezone(ZONE) + timedelta(days=1)
    return local.replace(hour=MORNING, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)
