"""What a server of Bluesky says, and what it was asked."""

from typing import Any

from tests.connectors.accounts import BLUESKY_SESSION
from tests.connectors.wire import Asked, Said, Wire

JAN = "did:plc:janjanjanjanjanjanjanjan"
CID = "bafyreib2rxk3rybk3aobmv5cjuql3bm2twh4jo5uxgf5kpqcsgz7soitae"


def post(number: int, did: str = JAN) -> str:
    return f"at://{did}/app.bsky.feed.post/3k{number:011d}".replace("0", "a").replace("1", "b")


def notice(number: int, minute: int, **changes: Any) -> dict[str, Any]:
    at = f"2026-11-01T10:{minute:02d}:00.000Z"
    record = {"$type": "app.bsky.feed.post", "text": f"nummer {number}", "createdAt": at}
    told = {"uri": post(number), "cid": CID, "author": {"did": JAN, "handle": "jan.bsky.social"}, "record": record}
    return {**told, "reason": "mention", "indexedAt": at, **changes}


def says(wire: Wire, **answers: Any) -> None:
    """What each method answers, by the last part of its name; a session is always to be had."""

    def script(asked: Asked) -> Said:
        name = asked.path.rpartition(".")[2]
        answer = answers.get(name, BLUESKY_SESSION if name.endswith("Session") else {})
        if isinstance(answer, list):
            answer = answer.pop(0)
        return answer if isinstance(answer, Said) else Said(answer)

    wire.answer_with(script)


def asked(wire: Wire, name: str) -> list[Asked]:
    return [one for one in wire.asked if one.path.endswith(name)]
