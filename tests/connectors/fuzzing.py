"""A coverage-guided fuzzer for what networks say: `python -m tests.connectors.fuzzing SECONDS SLUG…`.

It starts at the fixtures, breaks up to six places of one, and follows what reaches new code. Whatever a network says, a
connector gives back a page that can be stored or says in a sentence why not: anything else ends the fuzzer, with the
payload that did it. Each network has a process of its own, because atheris never gives one back.
"""

import copy
import json
import logging
import multiprocessing
import sys
from contextlib import suppress
from dataclasses import replace
from typing import Any

import atheris

with atheris.instrument_imports(include=["connectors"]):
    from connectors import errors, registry
    from connectors.base import Connector, Page

    registry.all_networks()  # instrumented with what it imports

from tests.connectors.mail_payloads import as_mail, fetched
from tests.connectors.test_contract import FIXTURES, connector_for, told
from tests.connectors.wire import Wire, running_wire

MOST_BREAKS = 6


class Fuzzed:
    """One network, which says what the fuzzer wants."""

    def __init__(self, slug: str, wire: Wire) -> None:
        self._wire = wire
        self._connector: Connector = connector_for(slug, wire.address)
        paths = sorted((FIXTURES / slug).glob("*.json"))
        self._fixtures = [json.loads(path.read_text(encoding="utf-8")) for path in paths]

    def __call__(self, data: bytes) -> None:
        source = atheris.FuzzedDataProvider(data)
        fixture = self._fixtures[source.ConsumeIntInRange(0, len(self._fixtures) - 1)]
        payload = copy.deepcopy(fixture.get("mails") or fixture.get("webhook") or fixture["answer"])
        for _turn in range(source.ConsumeIntInRange(1, MOST_BREAKS)):
            _break(payload, source)
        try:
            with suppress(errors.NetworkError):  # the answer as a whole is none, and says so
                _store(self._say(fixture, payload, source))
        except Exception:
            print(json.dumps({"stream": fixture.get("stream", "webhook"), "payload": payload})[:20_000], flush=True)
            raise

    def _say(self, fixture: dict[str, Any], payload: Any, source: atheris.FuzzedDataProvider) -> Page:
        if "mails" in fixture:
            mails = [replace(one, content=_mangled(one.content, source)) for one in fetched(payload)]
            return as_mail(self._connector).read(mails)
        if "webhook" in fixture:
            return self._connector.parse_webhook(json.dumps(payload).encode())
        self._wire.answer_with(lambda asked: told({**fixture, "answer": payload}, asked))
        return self._connector.fetch(fixture["stream"], fixture.get("from_cursor", {}))


def _mangled(content: bytes, source: atheris.FuzzedDataProvider) -> bytes:
    """A mail with bytes in other places, of which no JSON tells."""
    for _turn in range(source.ConsumeIntInRange(0, MOST_BREAKS)):
        place, gone = source.ConsumeIntInRange(0, len(content)), source.ConsumeIntInRange(0, 40)
        content = content[:place] + source.ConsumeBytes(12) + content[place + gone :]
    return content


def _store(page: Page) -> None:
    """As the desk does: UTF-8 without NUL for the columns, JSON for what is kept."""
    for item in page.items:
        for text in (item.text, item.thread_id, item.event_key, item.url):
            assert "\x00" not in text
            text.encode("utf-8")
        assert item.created_at.tzinfo is not None
    kept = [[dict(item.raw) for item in page.items], list(page.unreadable), dict(page.cursor)]
    json.dumps(kept, ensure_ascii=False, allow_nan=False).encode("utf-8")


def _break(payload: Any, source: atheris.FuzzedDataProvider) -> None:
    """Take a part away, or put something else in its place."""
    ways = [place for place in _places(payload) if place]
    if not ways:
        return
    *path, last = ways[source.ConsumeIntInRange(0, len(ways) - 1)]
    holder = payload
    for key in path:
        holder = holder[key]
    if source.ConsumeBool():
        holder[last] = _junk(source)
    else:
        del holder[last]


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inner for place in _places(part, (*path, key)))]


def _junk(source: atheris.FuzzedDataProvider) -> Any:
    match source.ConsumeIntInRange(0, 7):
        case 0:
            return None
        case 1:
            return source.ConsumeBool()
        case 2:
            return source.ConsumeInt(9)  # bytes: past 64 bits
        case 3:
            return source.ConsumeFloat()
        case 4:
            return []
        case 5:
            return {source.ConsumeUnicode(4): source.ConsumeUnicode(4)}
        case 6:
            return [source.ConsumeInt(4), {"id": source.ConsumeUnicode(8)}]
        case _:
            return source.ConsumeUnicode(40)


def main() -> None:
    """`SECONDS SLUG…`: each network in a process of its own, forked from this one, in which all is loaded once."""
    seconds, *slugs = sys.argv[1:]
    logging.disable()
    forked = multiprocessing.get_context("fork")
    broken = []
    for slug in slugs:
        process = forked.Process(target=_fuzz, args=(slug, seconds))
        process.start()
        process.join()
        if process.exitcode:
            broken.append(slug)
    sys.exit(f"broken: {' '.join(broken)}" if broken else 0)


def _fuzz(slug: str, seconds: str) -> None:
    # Small inputs: one says which fixture, which places and what to put there.
    options = (f"-max_total_time={seconds}", "-max_len=400", "-len_control=0", "-timeout=20")
    with running_wire() as wire:
        atheris.Setup([slug, *options, "-print_final_stats=1"], Fuzzed(slug, wire))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
