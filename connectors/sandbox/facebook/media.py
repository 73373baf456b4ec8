"""Pictures and profile pictures behind links that expire, as Facebook's CDN gives them: a signature and an end time."""

import hashlib
import hmac
import time
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from connectors.sandbox.network import Sandbox
from connectors.sandbox.pictures import picture

LIFETIME_DAYS = 4
_DAY = 86_400
_PATH = "cdn/v/t39.30808-6"
_KEY = b"the sandbox's own CDN"


def _signature(name: str, ends: str) -> str:
    return hmac.new(_KEY, f"{name}|{ends}".encode(), hashlib.sha256).hexdigest()[:32]


def _link(sandbox: Sandbox, network: str, name: str) -> str:
    """An address that is the same for a day and dies some days later."""
    ends = f"{(int(time.time()) // _DAY + LIFETIME_DAYS) * _DAY:X}"
    return f"{sandbox.address}/{network}/{_PATH}/{name}?_nc_cat=1&_nc_ht=sandbox&oh={_signature(name, ends)}&oe={ends}"


def media_link(sandbox: Sandbox, network: str, media: Mapping[str, str]) -> str:
    """Where a customer's picture can be fetched for some days; addresses elsewhere stay as they are."""
    url = media["url"]
    return _link(sandbox, network, f"{media['id']}_n.png") if url.startswith("/") else url


def portrait_link(sandbox: Sandbox, network: str, account_id: str) -> str:
    """A profile picture."""
    return _link(sandbox, network, f"portrait_{account_id}.png")


def routes(sandbox: Sandbox) -> list[Route]:
    """The CDN."""

    async def serve(request: Request) -> Response:
        name, ends = request.path_params["name"], request.query_params.get("oe", "")
        given = request.query_params.get("oh", "")
        if not hmac.compare_digest(_signature(name, ends).encode(), given.encode("utf-8", "replace")):
            return PlainTextResponse("Bad URL hash", 403)
        if time.time() >= int(ends, 16):
            return PlainTextResponse("URL signature expired", 403)
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "max-age=1209600"}
        if name.startswith("portrait_"):
            seed = name.removeprefix("portrait_").removesuffix(".png")
            return Response(picture(f"avatar {seed}"), media_type="image/png", headers=headers)
        blob = sandbox.store.blob(name.partition("_")[0])
        if blob is None:
            return PlainTextResponse("Not found", 404)
        return Response(blob["data"], media_type=blob["content_type"], headers=headers)

    return [Route(f"/{_PATH}/{{name}}", serve, methods=["GET"])]
