"""What a network is to the sandbox. A further network is a subclass of `Network`, listed in `app.NETWORKS`."""

import re
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from typing import Any, ClassVar
from urllib.parse import unquote

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute

from connectors.sandbox.deliveries import now_ms
from connectors.sandbox.faults import Fault, Faults
from connectors.sandbox.records import Account, Post, Reaction
from connectors.sandbox.store import Store

REQUESTS_KEPT = 1000


class Log(deque[dict[str, Any]]):
    """The newest requests of the desk, without secrets, for the fault page."""

    def __init__(self) -> None:
        super().__init__(maxlen=REQUESTS_KEPT)

    def add(self, network: str, method: str, path: str, status: int | str, started: float, fault: str) -> None:
        """One request that began at `started` of `time.perf_counter`. `status` 0 or "": nothing was answered."""
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        entry = {"at": now_ms(), "network": network, "method": method, "path": path}
        self.append({**entry, "status": status, "ms": milliseconds, "fault": fault})


class Refused(Exception):
    """The sandbox can't do what its page or a script asks; the message is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Words on their way onto a network, as the town square hears them (never the network's own API)."""

    company: Account  # to whom they are said, or who says them
    author: Account
    kind: str  # one of Network.kinds
    text: str
    created_at: int  # ms
    parent: Post | None = None
    origin: str = "customer"  # or "native": the company itself, in the network's own app
    recipient: Account | None = None  # of a native private message without a parent
    media: Sequence[Mapping[str, str]] = ()
    ref: str = ""
    rating: int | None = None  # stars of a review, 1 to 5
    subject: str = ""  # of a mail
    raw: bytes = b""  # all of a mail as it came over the wire, where the caller has it


@dataclass(frozen=True, slots=True)
class Event:
    """Something that the network tells a company's webhooks. `body` is sent and signed byte for byte."""

    account_id: str
    name: str  # "post.mention.create", "feed": shown on the fault page and matched by faults
    body: bytes


@dataclass(frozen=True, slots=True)
class Challenge:
    """The handshake with a webhook address: GET `url`, and `accepts(status, body)` says whether it passed."""

    url: str
    accepts: Callable[[int, bytes], bool]


async def _nobody(network: str, account_id: str, url: str) -> str:
    return "Nothing delivers webhooks here."


@dataclass(slots=True)
class Sandbox:
    """What all networks of one service share.

    `wake` makes the outbox look at once; `handshake(network, account id, url)` challenges an address and returns ""
    or what was wrong; `address` is our own origin.
    """

    store: Store
    faults: Faults
    networks: dict[str, "Network"] = field(default_factory=dict)
    wake: Callable[[], None] = lambda: None
    handshake: Callable[[str, str, str], Awaitable[str]] = _nobody
    address: str = ""


class Network(ABC):
    """One network: its routes below /{slug}, its ids, its rules and its shapes."""

    slug: ClassVar[str]
    label: ClassVar[str]
    kinds: ClassVar[frozenset[str]]  # what a customer can write, of: mention comment dm reply quote visitor_post review
    feelings: ClassVar[frozenset[str]] = frozenset()  # what a customer can do without words, of: like share
    deeds: ClassVar[frozenset[str]] = frozenset()  # what can be done in a private conversation without words

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.store = sandbox.store

    @property
    def base_url(self) -> str:
        """The address of an inbox here."""
        return f"{self.sandbox.address}/{self.slug}"

    # What each network must say for itself

    @abstractmethod
    def routes(self) -> Sequence[BaseRoute]:
        """Routes below /{slug}."""

    @abstractmethod
    def new_account(self, handle: str, given: Mapping[str, str], own_id: str = "") -> tuple[str, dict[str, str]]:
        """Own id and complete credentials of a company; `given` credentials and `own_id` win over generated ones."""

    @abstractmethod
    def tokens(self, credentials: Mapping[str, str]) -> Iterable[str]:
        """The credentials by which `Store.account_by_token` shall find the account."""

    @abstractmethod
    def compose(self, draft: Draft) -> tuple[Post, Iterable[str]]:
        """The post that these words become, and the ids of the companies that it reaches. Raises Refused."""

    # What networks with webhooks say as well

    def events(self, change: str, post: Post, reached: Sequence[str]) -> Iterable[Event]:
        """What webhooks hear when a post is "created", "edited" or "deleted". `reached` as `compose` gave it."""
        return ()

    def events_of_reaction(self, reaction: Reaction, post: Post, *, taken_back: bool) -> Iterable[Event]:
        """What webhooks hear when a customer likes or shares a post, or takes that back."""
        return ()

    def do_in(self, company: Account, person: Account, deed: str) -> None:
        """Do one of `deeds` in the conversation of these two, and tell webhooks. Raises Refused."""
        raise Refused(f"{self.label} knows no {deed!r} in a conversation.")

    def control_of(self, person: Account) -> dict[str, bool]:
        """Who has the conversation with a person, where several apps of a company may."""
        return {}

    def sign(self, account: Account, body: bytes) -> dict[str, str]:
        """Headers that prove to the desk that a delivery is ours."""
        return {}

    def challenge(self, account: Account, url: str) -> Challenge:
        """The handshake that comes before the first delivery. Raises Refused where the network has no webhooks."""
        raise Refused(f"{self.label} has no webhooks.")

    # What most networks do alike

    def new_customer_id(self, handle: str) -> str:
        """The id of a person who is new here."""
        return str(self.store.next_position())

    def edit(self, post: Post, text: str) -> Post:
        """Edit a post in place; a network that keeps versions under new ids does otherwise."""
        return self.store.change_post(post, text=text, edited_at=self.now_ms())

    def remove(self, post: Post) -> Post:
        """Delete a post and leave the row as a tombstone."""
        return self.store.change_post(post, deleted_at=self.now_ms())

    def failure(self, fault: Fault, path: str) -> Response:
        """The network's own words for one of faults.FAILURES. Headers and HTML are alike everywhere, bodies are not."""
        if fault.kind == "server_error_html":
            return HTMLResponse(
                "<!DOCTYPE html><html><head><title>Over capacity</title></head>"
                "<body><h1>Something is technically wrong.</h1></body></html>",
                status_code=int(fault.params.get("status", 503)),
            )
        status = self.status_of(fault)
        return JSONResponse({"error": fault.kind, "status": status}, status_code=status)

    @staticmethod
    def status_of(fault: Fault) -> int:
        """The HTTP status of one of faults.FAILURES, where a network has no other."""
        statuses = {
            "unauthorized": 401,
            "payment_required": 402,
            "forbidden": 403,
            "not_allowed": 403,
            "not_found": 404,
        }
        usual = 503 if fault.kind.startswith("server_error") else 429
        return int(fault.params.get("status", statuses.get(fault.kind, usual)))

    def shut_out(self, company: Account, person_id: str, mark: str = "") -> None:
        """Somebody can't write to the company any more; with `mark` "" they can again. Twice is once."""
        known = {one: name for one, name in self.shut_out_by(company).items() if one != person_id}
        blocked = {**known, person_id: mark} if mark else known
        changed = replace(company, settings={**company.settings, "blocked": blocked})
        self.store.save_account(changed, self.tokens(company.credentials))

    @staticmethod
    def shut_out_by(company: Account) -> dict[str, str]:
        """Whom the company has shut out, each with the mark that was given."""
        return dict(company.settings.get("blocked") or {})

    # Tools

    def now_ms(self) -> int:
        """The network's time in ms, skewed where a fault says so."""
        return now_ms() + int(self.sandbox.faults.skew_seconds(self.slug) * 1000)

    def caller(self, headers: Mapping[str, str]) -> str:
        """The id of the company whose token stands in the header of a request, "" where that is nobody's."""
        given = headers.get("authorization", "")
        found = re.search(r'Bearer +(\S+)|oauth_token="([^"]+)"', given)
        account = self.store.account_by_token(self.slug, unquote(found[1] or found[2])) if found else None
        return account.id if account else ""

    def http_date(self) -> str:
        """The network's time for a Date header."""
        return formatdate(self.now_ms() / 1000, usegmt=True)

    def publish(self, posts: Sequence[tuple[Post, Sequence[str]]]) -> None:
        """Store new posts and, in the same transaction, put their events into the webhook outbox."""
        with self.store.transaction():
            self.store.add_posts(posts)
            self.announce("created", posts)

    def announce(self, change: str, posts: Sequence[tuple[Post, Sequence[str]]]) -> None:
        """Put the events of a change into the outbox of every webhook that is there to hear them."""
        self.tell(event for post, reached in posts for event in self.events(change, post, reached))

    def tell(self, events: Iterable[Event]) -> None:
        """Put events into the outbox of every webhook that is there to hear them; where there is none, make none."""
        hooks = [hook for hook in self.store.webhooks(self.slug) if hook.valid]
        if not hooks:
            return
        now = now_ms()
        with self.store.transaction():
            for event in events:
                for hook in hooks:
                    subscribed = hook.settings.get("events")  # None: to everything
                    if hook.account_id == event.account_id and (subscribed is None or event.name in subscribed):
                        self.store.enqueue(hook.id, event.name, event.body, now)
        self.sandbox.wake()

    def person(
        self,
        handle: str,
        name: str = "",
        followers: int | None = None,
        verified: bool = False,
        settings: Mapping[str, Any] | None = None,
    ) -> Account:
        """The account with this handle; somebody new becomes a customer, a known one is brought up to date."""
        known = self.store.account_by_handle(self.slug, handle)
        if known is None:
            known = Account(self.slug, self.new_customer_id(handle), handle, name or handle, created_at=self.now_ms())
            fresh = replace(known, followers=followers or 0, verified=verified, settings=settings or {})
            self.store.save_account(fresh)
            return fresh
        if known.company:
            return known
        fresh = replace(
            known,
            name=name or known.name,
            followers=known.followers if followers is None else followers,
            verified=verified or known.verified,
            settings={**known.settings, **(settings or {})},
        )
        if fresh != known:
            self.store.save_account(fresh)
        return fresh
