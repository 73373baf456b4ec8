"""Calling a network: `connect` gives a connector of which every call asks first and tells afterwards.

Asked is the account's budget (`budgets.py`) and whether it rests (`breaker.py`). Told is what the network says of its
limits and whether it answered at all.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.utils import timezone
from django.utils.translation import gettext_noop

from desk.inboxes import budgets, gateway
from desk.inboxes.breaker import Circuit, answered, circuit_of, no_answer
from desk.inboxes.gateway import (
    AccountInfo,
    Action,
    AddressRefused,
    Connector,
    Handover,
    Item,
    NetworkError,
    NotAllowedByPolicy,
    NotFound,
    OutcomeUnknown,
    Outgoing,
    OutgoingFile,
    OwnPost,
    Page,
    RateLimited,
    RateState,
    SendResult,
    Transient,
    Unreadable,
)
from desk.inboxes.models import Inbox
from policies.call_budget import Left, Purpose

_NO_ANSWER = (Transient, Unreadable, OutcomeUnknown)
_PUBLIC, _PRIVATE, _FILES, _ACTIONS, _LOOKS, _ENRICHMENT = (
    "public_replies",
    "private_replies",
    "files",
    "actions",
    "lookups",
    "enrichment",
)

Given = TypeVar("Given")


class KeptBack(RateLimited):
    """What is left is kept for what goes before: the network was not asked. `retry_at` is always set."""

    code = "kept_back"


class Resting(RateLimited):
    """The account did not answer several times and rests: the network was not asked. `retry_at` is always set."""

    code = "resting"


def connect(inbox: Inbox, *, for_drill: bool | None = None, reading: Purpose = Purpose.POLL) -> "MeteredConnector":
    """A connector for this account. `reading` is what `fetch` is for. Raises as `gateway.connect` does."""
    return MeteredConnector(gateway.connect(inbox, for_drill=for_drill), inbox, reading)


class MeteredConnector:
    """A connector that asks before each call. Raises KeptBack and Resting beside what the network says."""

    def __init__(self, network: Connector, inbox: Inbox, reading: Purpose) -> None:
        self._network, self._inbox, self._reading = network, inbox, reading

    def fetch(self, stream: str, cursor: Mapping[str, Any]) -> Page:
        """As the connector's, and so are all below."""
        return self._call(stream, self._reading, lambda: self._network.fetch(stream, cursor))

    def send(self, message: Outgoing) -> SendResult:
        return self._call(_kind(message.private), Purpose.ANSWER, lambda: self._network.send(message))

    def find_sent(self, message: Outgoing) -> SendResult | None:
        return self._call(_LOOKS, Purpose.ANSWER, lambda: self._network.find_sent(message))

    def upload(self, file: OutgoingFile, *, private: bool) -> str:
        return self._call(_FILES, Purpose.ANSWER, lambda: self._network.upload(file, private=private))

    def publish(self, post: OwnPost) -> SendResult:
        return self._call(_PUBLIC, Purpose.ANSWER, lambda: self._network.publish(post))

    def find_published(self, post: OwnPost) -> SendResult | None:
        return self._call(_LOOKS, Purpose.ANSWER, lambda: self._network.find_published(post))

    def act(self, action: Action, external_id: str) -> None:
        return self._call(_ACTIONS, Purpose.ANSWER, lambda: self._network.act(action, external_id))

    def listen(self, heard: Callable[[], None], goes_on: Callable[[], bool]) -> None:
        """As `Hints` has it. It ends as often as it likes, and says nothing of whether the account answers."""
        call = getattr(self._network, "listen", None)
        if call is None:
            raise NotFound(gettext_noop("This network says nothing by itself."))
        self._take(_ENRICHMENT, Purpose.ENRICHMENT)
        call(heard, goes_on)

    def block(self, person_id: str, *, blocked: bool) -> None:
        """As `Blocks` has it. Raises NotAllowedByPolicy where the network has no such thing."""
        call = getattr(self._network, "block", None)
        if call is None:
            raise NotAllowedByPolicy(gettext_noop("This network lets nobody be blocked through its interface."))
        self._call(_ACTIONS, Purpose.ANSWER, lambda: call(person_id, blocked=blocked))

    def mark_read(self, thread_id: str) -> None:
        """As `ReadMarks` has it. A courtesy: it takes nothing that answers need."""
        call = getattr(self._network, "mark_read", None)
        if call is not None:
            self._call(_LOOKS, Purpose.ENRICHMENT, lambda: call(thread_id))

    def hand_over(self, thread_id: str, how: Handover, app_id: str) -> None:
        """As `HandsOver` has it. Raises NotAllowedByPolicy where the network has no such thing."""
        call = getattr(self._network, "hand_over", None)
        if call is None:
            raise NotAllowedByPolicy(gettext_noop("This network lets no app hand a conversation to another."))
        self._call(_ACTIONS, Purpose.ANSWER, lambda: call(thread_id, how, app_id))

    def complete(self, item: Item) -> Item:
        return self._call(_ENRICHMENT, Purpose.ENRICHMENT, lambda: self._network.complete(item))

    def cursor_at(self, stream: str, since: datetime) -> Mapping[str, Any]:
        """Where to begin a reading of what came since; from the very start where the connector can't say."""
        begin = getattr(self._network, "cursor_at", None)
        return begin(stream, since) if begin is not None else {}

    def credentials_end(self) -> datetime | None:
        """When the credentials stop working, where the connector can tell (`beside.CredentialsEnd`); None otherwise."""
        ask = getattr(self._network, "credentials_end", None)
        return None if ask is None else self._call(_ENRICHMENT, Purpose.ENRICHMENT, ask)

    def limits(self) -> Mapping[str, Any]:
        """What the account's server says of itself, for the connector's `capabilities_at`."""
        return self._call(_ENRICHMENT, Purpose.ENRICHMENT, self._network.check).limits

    def check(self) -> AccountInfo:
        """A person waits for it, so it is made whatever is left."""
        return self._made(_LOOKS, self._network.check)

    def _call(self, kind: str, purpose: Purpose, call: Callable[[], Given]) -> Given:
        self._take(kind, purpose)
        return self._made(kind, call)

    def _take(self, kind: str, purpose: Purpose) -> None:
        """Take one call from the budget, where the account is not at rest. Raises Resting, KeptBack."""
        now = timezone.now()
        if purpose is not Purpose.ANSWER and circuit_of(self._inbox, now) is Circuit.OPEN:
            raise Resting(
                gettext_noop("The account did not answer several times. The desk tries again."),
                retry_at=self._inbox.breaker_until,
            )
        till = budgets.take(self._inbox.pk, self._counted(kind), purpose, now)
        if till is not None:
            raise KeptBack(
                gettext_noop("The network's limit is reached, or what is left of it is kept for answers."),
                retry_at=till,
            )

    def _made(self, kind: str, call: Callable[[], Given]) -> Given:
        try:
            given = call()
        except _NO_ANSWER:
            no_answer(self._inbox, timezone.now())
            raise
        except AddressRefused:  # nobody was called
            raise
        except NetworkError:  # it answered, and said no
            answered(self._inbox, timezone.now())
            self._tell(kind, self._rate(None))
            raise
        answered(self._inbox, timezone.now())
        self._tell(kind, self._rate(given))
        return given

    def _rate(self, given: object) -> RateState | None:
        """What the network said of its limits: with the result, or (`beside.Metered`) of the last call at all."""
        rate = getattr(given, "rate", None) or getattr(self._network, "rate", None)
        return rate if isinstance(rate, RateState) else None

    def _tell(self, kind: str, rate: RateState | None) -> None:
        if rate is not None and rate.limit and rate.remaining is not None:
            left = Left(rate.limit, rate.remaining, rate.reset_at)
            budgets.told(self._inbox.pk, self._counted(kind), left, timezone.now())

    def _counted(self, kind: str) -> str:
        return kind if self._network.capabilities.separate_limits else budgets.ALL


def _kind(private: bool) -> str:
    return _PRIVATE if private else _PUBLIC
