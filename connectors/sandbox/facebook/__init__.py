"""The sandbox's Facebook: a page, its Messenger and its webhooks as the Graph API v24 to v26 speaks."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute

from connectors.sandbox.facebook import apps, ids, media, messaging, uploads, writing
from connectors.sandbox.facebook.api import OLDEST, Api, routes
from connectors.sandbox.facebook.call import GraphNetwork
from connectors.sandbox.facebook.compose import Composer
from connectors.sandbox.facebook.edges import TYPES
from connectors.sandbox.facebook.errors import GraphError, dead_token, throttled
from connectors.sandbox.facebook.events import Teller
from connectors.sandbox.facebook.limits import usage
from connectors.sandbox.facebook.nodes import COMMENT, MESSAGE, find
from connectors.sandbox.facebook.published import FACEBOOK
from connectors.sandbox.facebook.view import Surface, View
from connectors.sandbox.faults import Fault
from connectors.sandbox.network import Challenge, Draft, Event, Sandbox
from connectors.sandbox.records import Account, Post, Reaction

_SORRY = (
    "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Sorry, something went wrong.</h1></body></html>"
)

SURFACE = Surface(
    types=TYPES,
    find=find,
    kinds={COMMENT: "Comment", MESSAGE: "Message"},
    otherwise="Post",
    platform="messenger",
    object="page",
    subcodes={"window": 2018278, "nobody": 2018001},
    topics=(
        "feed",
        "mention",
        "ratings",
        "messages",
        "message_echoes",
        "message_edits",
        "message_deliveries",
        "message_reads",
        "messaging_handovers",
        "standby",
    ),
    scopes=(
        "pages_show_list",
        "pages_messaging",
        "pages_read_engagement",
        "pages_read_user_content",
        "pages_manage_engagement",
        "pages_manage_metadata",
        "pages_manage_posts",
    ),
)
# What a page may do beyond reading: method, type of node, edge.
WRITES = {
    ("POST", "Page", "feed"): writing.publish,
    ("POST", "Page", "blocked"): writing.block,
    ("DELETE", "Page", "blocked"): writing.unblock,
    ("POST", "Page", "messages"): messaging.send,
    ("POST", "Page", "message_attachments"): uploads.message_attachment,
    **messaging.CONTROL,
    ("POST", "Page", "photos"): uploads.photo,
    **apps.WRITES,
    ("POST", "Post", "comments"): writing.comment,
    ("POST", "Comment", "comments"): writing.comment,
    ("POST", "Post", "likes"): writing.like,
    ("POST", "Comment", "likes"): writing.like,
    ("DELETE", "Post", "likes"): writing.unlike,
    ("DELETE", "Comment", "likes"): writing.unlike,
    ("POST", "Post", ""): writing.change,
    ("POST", "Comment", ""): writing.change,
    ("DELETE", "Post", ""): writing.remove,
    ("DELETE", "Comment", ""): writing.remove,
}
API = Api(
    SURFACE,
    WRITES,
    FACEBOOK,
    reads={
        "Page": "pages_read_engagement",
        "Post": "pages_read_engagement",
        "Comment": "pages_read_user_content",
        "Message": "pages_messaging",
    },
    lists={"posts": "pages_read_engagement", "": "pages_read_user_content"},
)


class Facebook(GraphNetwork):
    """A Facebook page and its Messenger."""

    api: ClassVar[Api] = API
    throttled_code: ClassVar[int] = 80001
    first_post: ClassVar[str] = "Welcome to our page. Write to us below, or on Messenger."
    teller: ClassVar[type[Teller]] = Teller

    slug = "facebook"
    label = "Facebook"
    kinds = frozenset({"mention", "visitor_post", "comment", "reply", "dm"})
    feelings = frozenset({"like", "love", "haha", "wow", "sad", "angry"})
    deeds = frozenset({"read", "pass", "take", "ask"})

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self.composer = Composer(self.store)

    def routes(self) -> Sequence[BaseRoute]:
        """The CDN, and the Graph API behind one route."""
        return [*media.routes(self.sandbox), *routes(self, self.api)]

    def new_account(self, handle: str, given: Mapping[str, str], own_id: str = "") -> tuple[str, dict[str, str]]:
        """Credentials of a page and of the app that speaks for it."""
        page_id = given.get("page_id") or own_id or ids.page_id(handle)
        fresh = {
            "page_id": page_id,
            "page_access_token": "EAAG" + secrets.token_hex(60),
            "app_id": str(secrets.randbelow(9 * 10**14) + 10**14),
            "app_secret": secrets.token_hex(16),
            "verify_token": secrets.token_urlsafe(12),
        }
        return page_id, {**fresh, **given}

    def tokens(self, credentials: Mapping[str, str]) -> Iterable[str]:
        """The page's token and the app's, which is its id and secret."""
        app = f"{credentials.get('app_id', '')}|{credentials.get('app_secret', '')}"
        return credentials.get("page_access_token", ""), app

    def new_customer_id(self, handle: str) -> str:
        """A person's own number; pages see one of their own (PSID)."""
        return ids.person_id(handle)

    def compose(self, draft: Draft) -> tuple[Post, Iterable[str]]:
        """A post, comment or message. A comment without a place stands below the page's newest post.

        A page that has not posted yet gets a first post for it.
        """
        newest = None
        if draft.kind == "comment" and draft.parent is None:
            newest = self._newest_post(draft.company, draft.created_at)
        return self.composer.draft(draft, newest), [draft.company.id]

    def _newest_post(self, page: Account, created_at: int) -> Post:
        found = self.store.posts(self.slug, newest_first=True, limit=1, account_id=page.id, kind="post")
        if found:
            return found[0]
        first = self.composer.post(page, page, "post", self.first_post, created_at, origin="native")
        self.publish([(first, [page.id])])
        return first

    def edit(self, post: Post, text: str) -> Post:
        """Edit in place; of messages Facebook tells how often."""
        edits = int(post.extra.get("edits", 0)) + 1
        return self.store.change_post(post, text=text, edited_at=self.now_ms(), extra={**post.extra, "edits": edits})

    def events(self, change: str, post: Post, reached: Sequence[str]) -> Iterable[Event]:
        """What the page's webhooks are told."""
        page = self.store.account(self.slug, post.account_id)
        if page is None:
            return ()
        return self.teller(self._view(page), self.now_ms()).events(change, post)

    def events_of_reaction(self, reaction: Reaction, post: Post, *, taken_back: bool) -> Iterable[Event]:
        """A reaction of the feed."""
        page = self.store.account(self.slug, post.account_id)
        if page is None:
            return ()
        teller = self.teller(self._view(page), self.now_ms())
        return teller.reaction_of(reaction.person_id, post, "remove" if taken_back else "add", reaction.kind)

    def do_in(self, company: Account, person: Account, deed: str) -> None:
        """A person reads, or the page's other app gives us the conversation, takes it, or asks for it."""
        teller = self.teller(self._view(company), self.now_ms())
        if deed in ("pass", "take"):
            held = {"held_by_another_app": deed == "take", "control_requested": False}
            self.store.save_account(replace(person, settings={**person.settings, **held}))
        self.tell(teller.deed(person, deed))

    def control_of(self, person: Account) -> dict[str, bool]:
        """Whether the page's other app has it, and whether we asked for it."""
        return {name: bool(person.settings.get(name)) for name in ("held_by_another_app", "control_requested")}

    def _view(self, page: Account) -> View:
        return View(self.sandbox, page, self.api.surface, f"{self.sandbox.address}/{self.slug}/v{OLDEST}.0")

    def sign(self, account: Account, body: bytes) -> dict[str, str]:
        """The signature over the raw bytes, keyed with the app's secret; hexadecimal, unlike X's."""
        secret = account.credentials.get("app_secret", "")
        return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}

    def challenge(self, account: Account, url: str) -> Challenge:
        """The verification request: the address must give the challenge back, and nothing else."""
        challenge = str(secrets.randbelow(10**9) + 10**9)
        query = {
            "hub.mode": "subscribe",
            "hub.challenge": challenge,
            "hub.verify_token": account.credentials.get("verify_token", ""),
        }

        def accepts(status: int, body: bytes) -> bool:
            return status == 200 and hmac.compare_digest(body, challenge.encode())

        return Challenge(f"{url}{'&' if '?' in url else '?'}{urlencode(query)}", accepts)

    def failure(self, fault: Fault, path: str) -> Response:
        """A fault in Facebook's own words; params `code` and `subcode` choose others.

        Facebook never answers 402: nearest is 368, the page is barred from what it asked for.
        """
        if fault.kind == "server_error_html":
            return HTMLResponse(_SORRY, status_code=int(fault.params.get("status", 503)))
        error = self._error(fault)
        return error.response()

    def _error(self, fault: Fault) -> GraphError:
        code, subcode = int(fault.params.get("code", 0)), int(fault.params.get("subcode", 0))
        if fault.kind == "rate_limit":
            account = Account(self.slug, "0", "", "")
            return throttled(
                code or self.throttled_code, usage(account, "pages", 100, max(1, round(fault.seconds / 60)))
            )
        if fault.kind == "rate_limit_without_reset":
            return throttled(code or 613)
        if fault.kind == "unauthorized":
            message = "Error validating access token: Session has expired on Sunday, 01-Nov-26 10:00:00 PST."
            return dead_token(message, subcode or 463)
        if fault.kind == "payment_required":
            message = "The action attempted has been deemed abusive or is otherwise disallowed"
            return GraphError(code or 368, message, subcode=subcode, status=403)
        if fault.kind == "forbidden":
            message = f"(#{code or 200}) Permissions error"
            return GraphError(code or 200, message, subcode=subcode, status=403)
        if fault.kind == "not_allowed":
            message = "(#10) The page is restricted from doing this"
            return GraphError(code or 10, message, subcode=subcode or 1893063, status=403)
        if fault.kind == "not_found":
            message = (
                "Unsupported request. Object with ID '0' does not exist, cannot be loaded due to missing permissions"
            )
            return GraphError(code or 100, message, subcode=subcode or 33, status=404)
        status = int(fault.params.get("status", 503))
        message = "An unexpected error has occurred. Please retry your request later."
        return GraphError(code or 2, message, subcode=subcode, status=status, transient=True)
