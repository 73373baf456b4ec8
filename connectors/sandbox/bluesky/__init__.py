"""The sandbox's Bluesky: a personal data server, the AppView and the chat service behind one address, below /bluesky.

It tells nobody of anything: there are no webhooks.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence

from starlette.responses import Response
from starlette.routing import BaseRoute

from connectors.sandbox.bluesky import chats, feeds, ids, repo, sessions, tokens
from connectors.sandbox.bluesky.api import Api, bearer
from connectors.sandbox.bluesky.compose import SLUG, Composer
from connectors.sandbox.bluesky.limits import CALL_SECONDS, CALLS, Limiter
from connectors.sandbox.bluesky.problems import XrpcError, too_many, wrong_password
from connectors.sandbox.bluesky.shapes import Shapes
from connectors.sandbox.faults import Fault
from connectors.sandbox.network import Draft, Network, Refused, Sandbox
from connectors.sandbox.records import Post


class Bluesky(Network):
    """Bluesky, or any server of the AT Protocol."""

    slug = SLUG
    label = "Bluesky"
    kinds = frozenset({"mention", "reply", "quote", "dm"})
    feelings = frozenset({"like", "share"})

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self.composer = Composer(self.store)
        self.shapes = Shapes(sandbox)

    def routes(self) -> Sequence[BaseRoute]:
        """The methods of XRPC."""
        api = Api(self, self.composer, self.shapes, Limiter(self.now_ms))
        return [route for group in (sessions, repo, feeds, chats) for route in group.routes(api)]

    def new_account(self, handle: str, given: Mapping[str, str], own_id: str = "") -> tuple[str, dict[str, str]]:
        """A handle with its domain, and an app password of the form that Bluesky gives."""
        word = "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(16))
        fresh = {"handle": ids.full_handle(handle), "app_password": "-".join(word[at : at + 4] for at in (0, 4, 8, 12))}
        return own_id or self.new_customer_id(handle), {**fresh, **given}

    def new_customer_id(self, handle: str) -> str:
        """A DID, always the same for a handle."""
        return ids.did_of(ids.full_handle(handle))

    def tokens(self, credentials: Mapping[str, str]) -> Iterable[str]:
        """None: a session says by itself whose it is."""
        return ()

    def caller(self, headers: Mapping[str, str]) -> str:
        """The company whose session asks."""
        return str(tokens.claims_in(bearer(headers)).get("sub", ""))

    def compose(self, draft: Draft) -> tuple[Post, Iterable[str]]:
        """A post, reply, quote or direct message."""
        return self.composer.draft(draft)

    def edit(self, post: Post, text: str) -> Post:
        """Nobody edits on Bluesky."""
        raise Refused("Bluesky knows no edits: delete it and write again.")

    def remove(self, post: Post) -> Post:
        """Delete a post; a message that is taken back gets a place in the log."""
        if not post.private:
            return super().remove(post)
        extra = (
            {**post.extra, "gone_at": self.store.next_position()} if post.author_id == post.account_id else post.extra
        )
        return self.store.change_post(post, deleted_at=self.now_ms(), extra=extra)

    def failure(self, fault: Fault, path: str) -> Response:
        """A fault in the servers' own words. They know no 402; one in front of them may."""
        if fault.kind == "server_error_html":
            return super().failure(fault, path)
        reset = str(int(self.now_ms() / 1000 + fault.seconds))
        limits = {"ratelimit-limit": str(CALLS), "ratelimit-remaining": "0", "ratelimit-reset": reset}
        limits["ratelimit-policy"] = f"{CALLS};w={CALL_SECONDS}"
        status = int(fault.params.get("status", 503))
        login = path.endswith("createSession")
        problems: dict[str, XrpcError] = {
            "rate_limit": too_many(limits),
            "rate_limit_without_reset": too_many({}),
            # Of a token alone a client makes nothing: it takes a fresh one. This is what no fresh one mends.
            "unauthorized": wrong_password()
            if login
            else XrpcError(401, "AccountTakedown", "Account has been taken down"),
            "payment_required": XrpcError(402, "PaymentRequired", "Payment Required"),
            "forbidden": XrpcError(403, "Forbidden", "You are not permitted to perform this action."),
            "not_allowed": XrpcError(403, "Forbidden", "The rules of this server do not allow it."),
            "not_found": XrpcError(404, "NotFound", "Not Found"),
            "server_error_json": XrpcError(
                status,
                "UpstreamFailure" if status == 502 else "InternalServerError",
                "Upstream service unreachable" if status == 502 else "Internal Server Error",
            ),
        }
        return problems[fault.kind].response()
