"""The stream on which a server says at once that there is a notification."""

import asyncio
import json
from collections.abc import AsyncIterator

from starlette.responses import Response, StreamingResponse

from connectors.sandbox.mastodon.api import Call
from connectors.sandbox.mastodon.refusals import not_found
from connectors.sandbox.mastodon.shapes import SLUG

LOOKS_EVERY, BEATS_EVERY = 0.2, 15.0  # seconds


async def notifications(call: Call) -> Response:
    """Events of this account, from now on. Other software has no such address."""
    if call.is_other_software:
        raise not_found()
    return StreamingResponse(_events(call), media_type="text/event-stream")


async def _events(call: Call) -> AsyncIterator[str]:
    newest = call.store.reaching(SLUG, call.account.id, limit=1)
    mark, quiet = (newest[0].position if newest else 0), 0.0
    yield ":)\n"
    while not await call.request.is_disconnected():
        for post in call.store.reaching(SLUG, call.account.id, after=mark, newest_first=False):
            mark, quiet = post.position, 0.0
            said = call.shapes.notification(post, call.shapes.people_of([post]))
            yield f"event: notification\ndata: {json.dumps(said)}\n\n"
        if quiet >= BEATS_EVERY:
            quiet = 0.0
            yield ":thump\n"
        await asyncio.sleep(LOOKS_EVERY)
        quiet += LOOKS_EVERY
