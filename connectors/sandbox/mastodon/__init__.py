"""The sandbox's Mastodon: a server of its REST API with its rules and limits, below /mastodon. It has no webhooks."""

import secrets
from collections.abc import Iterable, Mapping, Sequence

from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.sandbox.faults import Fault
from connectors.sandbox.mastodon import reading, streaming, writing
from connectors.sandbox.mastodon.api import EVERY, Limiter, endpoint, rate_headers
from connectors.sandbox.mastodon.compose import Composer
from connectors.sandbox.mastodon.refusals import HTML, Refusal, dead_token, not_found, out_of_scope, too_many
from connectors.sandbox.mastodon.shapes import SLUG, Shapes
from connectors.sandbox.network import Draft, Network, Sandbox
from connectors.sandbox.records import Post


class Mastodon(Network):
    """A server of the fediverse."""

    slug = SLUG
    label = "Mastodon"
    kinds = frozenset({"mention", "reply", "quote", "dm"})
    feelings = frozenset({"like", "share"})

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self.composer = Composer(self.store)
        self.shapes = Shapes(sandbox)

    def routes(self) -> Sequence[BaseRoute]:
        """The endpoints, and the pages that statuses are seen at."""
        limiter = Limiter(self.now_ms)
        table = (
            ("GET", "/api/v1/accounts/verify_credentials", reading.me),
            ("GET", "/api/v1/accounts/{id}", reading.account),
            ("GET", "/api/v1/accounts/{id}/statuses", reading.account_statuses),
            ("GET", "/api/v1/notifications", reading.notifications),
            ("GET", "/api/v1/notifications/{id}", reading.notification),
            ("GET", "/api/v1/streaming/user/notification", streaming.notifications),
            ("GET", "/api/v1/statuses", reading.statuses),
            ("GET", "/api/v1/statuses/{id}", reading.status),
            ("GET", "/api/v1/statuses/{id}/context", reading.context),
            ("GET", "/api/v1/instance", reading.instance_v1),
            ("GET", "/api/v2/instance", reading.instance_v2),
            ("POST", "/api/v1/statuses", writing.post),
            ("PUT", "/api/v1/statuses/{id}", writing.edit),
            ("DELETE", "/api/v1/statuses/{id}", writing.delete),
            ("POST", "/api/v1/statuses/{id}/favourite", writing.favourite),
            ("POST", "/api/v1/statuses/{id}/unfavourite", writing.unfavourite),
            ("POST", "/api/v1/accounts/{id}/block", writing.block),
            ("POST", "/api/v1/accounts/{id}/unblock", writing.unblock),
            ("POST", "/api/v1/media", writing.upload),
            ("POST", "/api/v2/media", writing.upload),
        )
        called = [endpoint(self, method, path, handler, limiter=limiter) for method, path, handler in table]
        return [*called, Route("/@{handle}/{id}", reading.page, methods=["GET"])]

    def new_account(self, handle: str, given: Mapping[str, str], own_id: str = "") -> tuple[str, dict[str, str]]:
        """An id as Mastodon gives them, and an access token."""
        account_id = own_id or str(self.store.next_position())
        return account_id, {"access_token": secrets.token_urlsafe(32), **given}

    def tokens(self, credentials: Mapping[str, str]) -> Iterable[str]:
        """The access token."""
        return (credentials.get("access_token", ""),)

    def compose(self, draft: Draft) -> tuple[Post, Iterable[str]]:
        """A mention, a reply, or a direct post."""
        return self.composer.draft(draft)

    def failure(self, fault: Fault, path: str) -> Response:
        """A fault in Mastodon's own words. It has no 402 of its own; a paid server's door has."""
        if fault.kind == "server_error_html":
            return HTMLResponse(HTML, status_code=int(fault.params.get("status", 503)))
        status = int(fault.params.get("status", 503))
        limits = rate_headers(EVERY[0], 0, self.now_ms() + int(fault.seconds * 1000))
        refusals: dict[str, Refusal] = {
            "rate_limit": too_many(limits),
            "rate_limit_without_reset": too_many({}),
            "unauthorized": dead_token(),
            "payment_required": Refusal(402, "Payment required"),
            "forbidden": out_of_scope(),
            "not_allowed": Refusal(403, "This action is not allowed"),
            "not_found": not_found(),
            "server_error_json": Refusal(
                status, "There was a temporary problem serving your request, please try again"
            ),
        }
        return refusals[fault.kind].response()
