"""The pages a person plays with: the town square (`/`, `/square/`), the fault panel (`/faults/`), the mail (`/mail/`).

Plain files behind a strict content security policy; what they show they fetch as JSON and put in as text, so that
whatever a stranger wrote stays words. Nothing is loaded from elsewhere.
"""

import hashlib
import json
import mimetypes
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.sandbox.crowd import Texts
from connectors.sandbox.network import Network, Sandbox
from connectors.sandbox.records import Account, Post
from connectors.sandbox.square import Square, account_json
from connectors.sandbox.square_api import guarded

STATIC = Path(__file__).parent / "static"
FILES = frozenset(path.name for path in STATIC.iterdir())
NEWEST = 300  # posts that a square shows; the threads of older ones begin where these do
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class Stage:
    """What the town square shows of one company."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox, self._store = sandbox, sandbox.store
        self._square = Square(sandbox)

    def feed(self, name: object, handle: object, *, private: bool) -> dict[str, Any]:
        """The newest posts around a company with the posts that they answer, or its private messages."""
        network = self._square.network(name)
        company = self._square.company(network, handle)
        found = self._store.posts(
            network.slug, newest_first=True, limit=NEWEST, gone_too=True, account_id=company.id, private=private
        )
        posts = [post for post in found if not post.superseded_by]
        if not private:
            posts += self._roots(network, posts)
        posts.sort(key=lambda post: post.position)
        return {"company": account_json(company) | {"settings": {}}, "posts": self._shown(network, company, posts)}

    def _roots(self, network: Network, posts: Sequence[Post]) -> list[Post]:
        here = {post.id for post in posts}
        missing = dict.fromkeys(post.root_id for post in posts if post.root_id not in here)
        roots = [self._store.post(network.slug, root_id) for root_id in missing]
        return [root for root in roots if root is not None and not root.superseded_by]

    def _shown(self, network: Network, company: Account, posts: Sequence[Post]) -> list[dict[str, Any]]:
        shown = self._square.posts_json(posts)
        for row, post in zip(shown, posts, strict=True):
            row["deleted"] = post.deleted_at is not None
            if row["deleted"]:
                row["text"] = ""
            row["media"] = [] if row["deleted"] else [self._picture(media) for media in post.media]
            if post.private:
                row["person"] = self._other(network, company, post)
            for name in ("position", "ref", "deleted_at", "network", "account_id", "superseded_by"):
                del row[name]
        return shown

    @staticmethod
    def _picture(media: Any) -> dict[str, str]:
        """A picture of our own; one that lies elsewhere is named, not shown."""
        url = str(media["url"])
        return {"url": url if url.startswith("/") else "", "alt": media["alt_text"], "kind": media["kind"]}

    def _other(self, network: Network, company: Account, post: Post) -> dict[str, Any] | None:
        """Who a company talks to in a private message."""
        other = post.author_id if post.author_id != company.id else str(post.extra.get("recipient_id", ""))
        account = self._store.account(network.slug, other)
        if account is None:
            return None
        shown = {"handle": account.handle, "name": account.name, "followers": account.followers}
        return shown | {"control": network.control_of(account)}


def page_routes(sandbox: Sandbox) -> list[BaseRoute]:
    """The pages, their files, and what they ask for."""
    stage = Stage(sandbox)
    people = [dict(person) for person in Texts.load().people]

    async def feed(request: Request) -> Response:
        query = request.query_params
        found = stage.feed(query.get("network"), query.get("account"), private=query.get("private") == "true")
        body = json.dumps(found, separators=(",", ":")).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="application/json", headers=headers)

    async def cast(_: Request) -> Response:
        return JSONResponse({"people": people})

    def page(name: str) -> Any:
        async def serve(_: Request) -> Response:
            return Response((STATIC / name).read_bytes(), media_type="text/html", headers=_HEADERS)

        return serve

    async def file(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in FILES or name.endswith(".html"):
            return Response("Not found", 404, headers=_HEADERS)
        kind = "text/javascript" if name.endswith(".js") else mimetypes.guess_type(name)[0]
        return Response((STATIC / name).read_bytes(), media_type=kind, headers=_HEADERS)

    return [
        Route("/", page("square.html"), methods=["GET"]),
        Route("/square/", page("square.html"), methods=["GET"]),
        Route("/faults/", page("faults.html"), methods=["GET"]),
        Route("/mail/", page("mail.html"), methods=["GET"]),
        Route("/square/feed", guarded(feed), methods=["GET"]),
        Route("/square/people", cast, methods=["GET"]),
        Route("/static/{name}", file, methods=["GET"]),
    ]
