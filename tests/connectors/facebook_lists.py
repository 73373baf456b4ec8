"""Lists as Facebook gives them, a page at a time: posts, comments and conversations."""

import json
from datetime import datetime
from typing import Any

from connectors.base import Item, Page
from connectors.networks.facebook_page import FacebookPage
from tests.connectors.accounts import PAGE_ID, graph_time
from tests.connectors.wire import Asked, Said


class Feed:
    """A list that is newest first, with `since`, `after` and `next` only where there is more."""

    def __init__(self, *entries: dict[str, Any]) -> None:
        self.entries = list(entries)
        self.refuses_tokens = False

    def __call__(self, asked: Asked) -> Said:
        after = asked.query.get("after", "")
        if after and self.refuses_tokens:
            return Said({"error": {"code": 100, "message": "(#100) Invalid cursor"}}, 400)
        since = int(asked.query.get("since", 0))
        listed = sorted(self.entries, key=lambda entry: str(entry["created_time"]), reverse=True)
        fitting = [e for e in listed if datetime.fromisoformat(e["created_time"]).timestamp() >= since]
        start = int(after or 0)
        page = fitting[start : start + 2]
        more = len(fitting) > start + 2
        paging = {"cursors": {"before": "b", "after": str(start + 2)}, **({"next": "https://graph…"} if more else {})}
        return Said({"data": page, "paging": paging})


def a_post(number: int, text: str = "Hoi", **changes: Any) -> dict[str, Any]:
    given = {"id": f"7700_{number}", "message": text, "created_time": graph_time(number), "from": {"id": "9001"}}
    return {**given, **changes}


def read(page: FacebookPage, stream: str, cursor: Any, *, calls: int = 30) -> tuple[list[Item], Any, bool]:
    """Fetch while there is more, at most `calls` times. Cursors go through JSON, as they do in the desk."""
    items: list[Item] = []
    for _ in range(calls):
        found: Page = page.fetch(stream, cursor)
        items += found.items
        cursor = json.loads(json.dumps(found.cursor))
        if not found.more:
            return items, cursor, False
    return items, cursor, True


class Comments:
    """A page with posts whose `updated_time` and number of comments move, and the comments below them."""

    def __init__(self, **below: list[dict[str, Any]]) -> None:
        self.below = {name.replace("p", f"{PAGE_ID}_"): comments for name, comments in below.items()}
        self.gone: set[str] = set()

    def __call__(self, asked: Asked) -> Said:
        node, edge = asked.path.rsplit("/", 2)[1:]
        if edge == "feed":
            return Said({"data": [self._post(post_id) for post_id in self.below]})
        if node in self.gone:
            return Said({"error": {"code": 100, "error_subcode": 33, "message": "does not exist"}}, 400)
        assert (asked.query["filter"], asked.query["order"]) == ("stream", "chronological")
        since, start = int(asked.query.get("since", 0)), int(asked.query.get("after", 0))
        fitting = [c for c in self.below[node] if datetime.fromisoformat(c["created_time"]).timestamp() >= since]
        more = {"next": "https://graph…"} if len(fitting) > start + 2 else {}
        return Said({"data": fitting[start : start + 2], "paging": {"cursors": {"after": str(start + 2)}, **more}})

    def _post(self, post_id: str) -> dict[str, Any]:
        comments = self.below[post_id]
        newest = comments[-1]["created_time"] if comments else graph_time(0)
        return {"id": post_id, "updated_time": newest, "comments": {"summary": {"total_count": len(comments)}}}


class Inbox:
    """Conversations by their last change, each with its newest messages; no `since`, as on Facebook."""

    def __init__(self, **conversations: list[int]) -> None:
        self.conversations = conversations
        self.only_newest = False

    def __call__(self, asked: Asked) -> Said:
        node, edge = asked.path.rsplit("/", 2)[1:]
        assert "since" not in asked.query
        start = int(asked.query.get("after", 0))
        if edge == "messages":
            if self.only_newest:
                return Said({"error": {"code": 100, "error_subcode": 33, "message": "does not exist"}}, 400)
            return Said(self._messages(node, start))
        assert asked.query["platform"] == "MESSENGER"
        names = sorted(self.conversations, key=lambda name: -max(self.conversations[name]))
        page = [self._conversation(name) for name in names[start : start + 2]]
        return Said({"data": page, "paging": self._paging(start, len(names))})

    def _conversation(self, name: str) -> dict[str, Any]:
        people = {"data": [{"id": f"psid-{name}"}, {"id": PAGE_ID}]}
        newest = graph_time(max(self.conversations[name]))
        return {"id": name, "updated_time": newest, "participants": people, "messages": self._messages(name, 0)}

    def _messages(self, name: str, start: int) -> dict[str, Any]:
        numbers = sorted(self.conversations[name], reverse=True)
        found = [self._message(name, number) for number in numbers[start : start + 2]]
        return {"data": found, "paging": self._paging(start, len(numbers))}

    def _message(self, name: str, number: int) -> dict[str, Any]:
        person, page = {"id": f"psid-{name}", "name": name}, {"id": PAGE_ID}
        sender, recipient = (page, person) if number % 2 else (person, page)
        to = {"data": [recipient]}
        return {
            "id": f"m_{name}{number}",
            "created_time": graph_time(number),
            "from": sender,
            "to": to,
            "message": "Hoi",
        }

    @staticmethod
    def _paging(start: int, total: int) -> dict[str, Any]:
        more = {"next": "https://graph…"} if total > start + 2 else {}
        return {"cursors": {"after": str(start + 2)}, **more}
