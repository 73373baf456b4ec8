"""The sandbox's X: API v2 (and v1.1 media upload), rules, limits and webhooks, below /x."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import BaseRoute

from connectors.sandbox.faults import Fault
from connectors.sandbox.network import Challenge, Draft, Event, Network, Sandbox
from connectors.sandbox.records import Account, Post
from connectors.sandbox.x import dms, films, media, timelines, tweets, users, webhooks
from connectors.sandbox.x.api import Api
from connectors.sandbox.x.compose import Composer, id_of
from connectors.sandbox.x.events import events_of
from connectors.sandbox.x.limits import Limiter
from connectors.sandbox.x.problems import Problem, blank, credits_depleted, forbidden, too_many, unauthorized
from connectors.sandbox.x.shapes import Shapes
from connectors.sandbox.x.text import mentioned


class X(Network):
    """X, formerly Twitter."""

    slug = "x"
    label = "X"
    kinds = frozenset({"mention", "reply", "quote", "dm"})

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self.composer = Composer(self.store)
        self.shapes = Shapes(sandbox)

    def routes(self) -> Sequence[BaseRoute]:
        """The endpoints of API v2 and the upload of v1.1."""
        api = Api(self, self.composer, self.shapes, Limiter(self.now_ms))
        groups = (users, timelines, tweets, dms, media, films, webhooks)
        return [route for group in groups for route in group.routes(api)]

    def new_account(self, handle: str, given: Mapping[str, str], own_id: str = "") -> tuple[str, dict[str, str]]:
        """Credentials of an app with a user's access token; the token begins with the user's id, as on X."""
        account_id = own_id or id_of(handle)
        fresh = {
            "consumer_key": secrets.token_urlsafe(18),
            "consumer_secret": secrets.token_urlsafe(36),
            "access_token": f"{account_id}-{secrets.token_urlsafe(30)}",
            "access_token_secret": secrets.token_urlsafe(33),
            "bearer_token": "AAAAAAAAAAAAAAAAAAAAA" + secrets.token_urlsafe(60),
        }
        return account_id, {**fresh, **given}

    def tokens(self, credentials: Mapping[str, str]) -> Iterable[str]:
        """The access token of the user and the bearer token of the app."""
        return credentials.get("access_token", ""), credentials.get("bearer_token", "")

    def compose(self, draft: Draft) -> tuple[Post, Iterable[str]]:
        """A post, reply, quote or private message."""
        return self.composer.draft(draft)

    def edit(self, post: Post, text: str) -> Post:
        """An edit on X is a new post with a new id that lists the earlier ones; the old one leaves the timelines."""
        if post.private:
            return super().edit(post, text)
        position = self.store.next_position()
        accounts = [self.store.account_by_handle("x", handle) for handle in mentioned(text)]
        known = [account for account in accounts if account]
        earlier = [*post.extra.get("earlier_ids", ()), post.id]
        extra = {**post.extra, "earlier_ids": earlier, "mentioned_ids": [account.id for account in known]}
        version = replace(
            post, position=position, id=str(position), text=text, edited_at=self.now_ms(), extra=extra, ref=""
        )
        reached = {account.id for account in known if account.company and account.id != post.author_id}
        reached.update(self.store.reached(post))
        self.store.add_posts([(version, reached)])
        self.store.change_post(post, superseded_by=version.id)
        return version

    def events(self, change: str, post: Post, reached: Sequence[str]) -> Iterable[Event]:
        """What the X Activity API tells."""
        return events_of(self.shapes, self.store, change, post, reached)

    def sign(self, account: Account, body: bytes) -> dict[str, str]:
        """The signature header over the raw bytes, keyed with the app's consumer secret."""
        return {"x-twitter-webhooks-signature": _hmac(account.credentials.get("consumer_secret", ""), body)}

    def challenge(self, account: Account, url: str) -> Challenge:
        """The challenge-response check (CRC)."""
        token = secrets.token_urlsafe(24)
        expected = _hmac(account.credentials.get("consumer_secret", ""), token.encode())

        def accepts(status: int, body: bytes) -> bool:
            try:
                answer = json.loads(body)
            except ValueError:
                return False
            given = answer.get("response_token", "") if isinstance(answer, dict) else ""
            return status == 200 and hmac.compare_digest(str(given).encode(), expected.encode())

        query = urlencode({"crc_token": token, "nonce": secrets.token_urlsafe(12)})
        return Challenge(f"{url}{'&' if '?' in url else '?'}{query}", accepts)

    def failure(self, fault: Fault, path: str) -> Response:
        """A fault in X's own words."""
        if fault.kind == "server_error_html":
            return super().failure(fault, path)
        reset = str(int(self.now_ms() / 1000 + fault.seconds))
        limits = {"x-rate-limit-limit": "300", "x-rate-limit-remaining": "0", "x-rate-limit-reset": reset}
        status = int(fault.params.get("status", 503))
        problems: dict[str, Problem] = {
            "rate_limit": too_many(limits),
            "rate_limit_without_reset": too_many({}),
            "unauthorized": unauthorized(),
            "payment_required": credits_depleted("0"),
            "forbidden": forbidden("You are not permitted to perform this action."),
            "not_allowed": forbidden(tweets.NOT_SUMMONED),
            "not_found": blank(404, "Not Found"),
            "server_error_json": blank(status, "Service Unavailable"),
        }
        return problems[fault.kind].response()


def _hmac(secret: str, message: bytes) -> str:
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), message, hashlib.sha256).digest()).decode()
