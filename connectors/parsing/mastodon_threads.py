"""Where the threads of statuses begin, and which statuses a page tells.

A status says what it answers and not where its thread begins: that has to be asked for, once for each thread.
"""

from collections.abc import Callable, Mapping
from typing import Any

from connectors import errors
from connectors.parsing import mapped, reference
from connectors.parsing.mastodon import needs_root, shown_above
from connectors.text import clean


def find_roots(
    statuses: list[dict[str, Any]], roots: dict[str, str], ask: Callable[[str], list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Learn where the threads of `statuses` begin; what stands above those that had to be asked for.

    A server that can't tell of one post must not hold up all others: its thread then begins with what it answers.
    """
    found: dict[str, dict[str, Any]] = {}
    answers = True
    for status in sorted(statuses, key=lambda one: clean(one.get("created_at"))):
        status_id, parent = reference(status.get("id")), reference(status.get("in_reply_to_id"))
        if not (status_id and parent) or status_id in roots or not needs_root(status):
            continue
        if parent not in roots:
            try:
                ancestors = ask(status_id) if answers else []
            except errors.Transient:
                answers, ancestors = False, []
            root = (reference(ancestors[0].get("id")) if ancestors else "") or parent
            roots.update({known: root for one in ancestors if (known := reference(one.get("id")))})
            roots[parent] = root
            found.update({clean(one.get("id")): one for one in shown_above(ancestors)})
        roots[status_id] = roots[parent]
    given = {clean(status.get("id")) for status in statuses}
    return [one for key, one in found.items() if key not in given]


def each_once(entries: list[Any]) -> list[Any]:
    """Notifications without those that tell of the same status again."""
    told, kept = set[str](), list[Any]()
    for entry in entries:
        status_id = clean(mapped(mapped(entry).get("status")).get("id"))
        if not status_id or status_id not in told:
            kept.append(entry)
            told.add(status_id)
    return kept


def writer_of(status: Mapping[str, Any]) -> str:
    """The id of whoever wrote it; empty where nobody is named."""
    return clean(mapped(status.get("account")).get("id"))
