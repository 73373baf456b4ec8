"""No request brings more than this: Django keeps all of a body before any view can look at it."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Application = Callable[[Any, Any, Any], Awaitable[None]]  # ASGI: scope, receive, send

LARGEST = 60 * 1024 * 1024  # bytes: five files of 10 MB by a form, coded, and some room
_WORDS = json.dumps({"detail": "This request is larger than 60 MB.", "code": "too_large"}).encode()


class BodyLimit:
    """What says how large it is is refused at once, what does not is no longer listened to."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        said = dict(scope["headers"]).get(b"content-length", b"0")
        if not said.isdigit() or int(said) > LARGEST:
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_WORDS)).encode())]
            await send({"type": "http.response.start", "status": 413, "headers": headers})
            await send({"type": "http.response.body", "body": _WORDS})
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message: Message = await receive()
            read += len(message.get("body", b""))
            return message if read <= LARGEST else {"type": "http.disconnect"}

        await self._application(scope, counted, send)
