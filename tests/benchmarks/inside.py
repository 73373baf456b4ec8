"""What benchmarks do inside a desk: run by `manage.py shell` in its environment, one JSON answer on the last line."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psutil
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.automation import automations, firing
from desk.actions.intake import ingest
from desk.actions.sla import clock_sweep
from desk.automation import reading
from desk.automation.models import Firing, Reading
from desk.inboxes.gateway import Author, Item, ItemKind
from desk.people.models import User
from desk.sla.models import Clock
from desk.tickets.models import Conversation, Customer, Message, Profile, Ticket, TicketEvent
from desk.tickets.queries import counts
from tests.benchmarks.texts import text

PAGE = 100  # items that a network gives at once
ROWS = 1_000  # of a bare statement
BARE = (Customer, Profile, Conversation, Ticket, Message, Clock, TicketEvent)


def mentions(count: int, first: int = 0) -> list[Item]:
    """Public mentions, two of each author, a second apart, with what the network sends around them."""
    now = timezone.now()
    return [
        Item(
            network="x", kind=ItemKind.MENTION, external_id=f"20{number:016}", thread_id=f"20{number:016}",
            created_at=now - timedelta(seconds=first + count - number), text=text(number), language="",
            author=Author(f"author-{number // 2}", f"author{number // 2}", f"Author {number // 2}", followers=number),
            url=f"https://x.com/author{number // 2}/status/20{number:016}", raw=_as_told(number),
        )
        for number in range(first, first + count)
    ]  # fmt: skip


def store(inbox_ids: Sequence[int], items: Sequence[Item]) -> float:
    """Store page by page, a transaction each, as a poll does, in each inbox by turns; the seconds it took."""
    started = time.perf_counter()
    for first in range(0, len(items), PAGE):
        for inbox_id in inbox_ids:
            with transaction.atomic():
                ingest.store(inbox_id, items[first : first + PAGE], source="poll", received_at=timezone.now())
    return time.perf_counter() - started


def processed(inbox_ids: Sequence[int], wanted: int) -> float:
    """When the workers had made tickets of that many mentions (`time.perf_counter`)."""
    while Message.objects.filter(inbox__in=inbox_ids, ticket__isnull=False).count() < wanted:
        time.sleep(0.02)
    return time.perf_counter()


def find_due(days: int, count: int) -> None:
    """How long it takes to find clocks that will be due in so many days."""
    due = Clock.objects.filter(look_at__lte=timezone.now() + timedelta(days=days)).order_by("look_at")
    started = time.perf_counter()
    found = list(due[:count])
    _print({"seconds": time.perf_counter() - started, "found": len(found)})


def sweep(days: float, moment: float) -> None:
    """At this moment, let so many days pass for the sweep that marks what is late and alerts colleagues."""
    with _measured(moment) as taken:
        done = clock_sweep.sweep(timezone.now() + timedelta(days=days))
    _print({**taken, "late": done.late, "alerts": done.alerts})


@contextmanager
def _measured(moment: float) -> Iterator[dict[str, float]]:
    """Seconds since `moment` (of `time.time`), and of a processor: ours and those of the database's process for us."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        processes = (psutil.Process(), psutil.Process(cursor.fetchone()[0]))

    def used() -> float:
        return sum(times.user + times.system for times in (process.cpu_times() for process in processes))

    taken: dict[str, float] = {}
    late = time.time() - moment
    assert late < 0, f"began {late:.1f} s too late"
    before = used()
    time.sleep(-late)
    yield taken
    taken |= {"seconds": time.time() - moment, "cpu": used() - before}


def only_store(inbox_id: int, count: int) -> None:
    _print({"seconds": store([inbox_id], mentions(count))})


def store_and_wait(inbox_ids: Sequence[int], count: int, first: int) -> None:
    """Store `count` in each inbox while the desk's workers process: seconds from first item to last ticket."""
    items = mentions(count, first)
    before = Message.objects.filter(inbox__in=inbox_ids, ticket__isnull=False).count()
    started = time.perf_counter()
    store(inbox_ids, items)
    _print({"seconds": processed(inbox_ids, before + count * len(inbox_ids)) - started})


def trickle(inbox_id: int, seconds: float, rate: int, first: int) -> None:
    """Store `rate` mentions a second, in twenty portions, on the beat; how many seconds late the last portion was."""
    portion, pause = rate // 20, 1 / 20
    items = mentions(int(seconds * rate), first)
    started = time.perf_counter()
    for number in range(int(seconds * 20)):
        time.sleep(max(started + number * pause - time.perf_counter(), 0))
        with transaction.atomic():
            part = items[number * portion : (number + 1) * portion]
            ingest.store(inbox_id, part, source="webhook", received_at=timezone.now())
    _print({"late": time.perf_counter() - started - (seconds - pause)})


def bare(inbox_id: int) -> None:
    """The rows that ingest made of an inbox, once more into empty tables with the same indexes and nothing else."""
    tables = [(model._meta.db_table, _columns(model)) for model in BARE]
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS bare CASCADE; CREATE SCHEMA bare")
        for table, _names in tables:
            cursor.execute(f"CREATE TABLE bare.{table} (LIKE public.{table} INCLUDING ALL)")
    mentions_made = Message.objects.filter(inbox=inbox_id).count()
    everything = [(table, names, kinds, list(_rows(table, names))) for table, (names, kinds) in tables]
    started = time.perf_counter()
    for table, names, kinds, rows in everything:
        _insert(f"bare.{table}", names, kinds, rows)
    all_tables = time.perf_counter() - started
    two = [entry for entry in everything if entry[0] in {"tickets_ticket", "tickets_message"}]
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE bare.tickets_ticket, bare.tickets_message")
    started = time.perf_counter()
    for table, names, kinds, rows in two:
        _insert(f"bare.{table}", names, kinds, rows)
    two_tables = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA bare CASCADE")
    _print({"mentions": mentions_made, "all_tables": all_tables, "two_tables": two_tables})


def reader(person: str = "agent") -> None:
    """The cookie of a colleague who is signed in."""
    client, user = Client(), User.objects.get(username=person)
    client.force_login(user)
    _print({"cookie": f"sessionid={client.cookies['sessionid'].value}"})


def readers(count: int) -> None:
    """So many sessions of colleagues, who are signed in on as many browsers."""
    people = list(User.objects.filter(role__in=["agent", "supervisor", "comms"]).order_by("pk"))
    cookies = []
    for number in range(count):
        client = Client()
        client.force_login(people[number % len(people)])
        cookies.append(f"sessionid={client.cookies['sessionid'].value}")
    _print({"cookies": cookies})


def compose(ticket_id: int, texts: Sequence[str]) -> None:
    """Type these texts on a ticket, each a keystroke that the desk is asked about.

    Seconds of each by the clock and of this process's own, and how many queries one takes.
    """
    client, user = Client(headers={"host": "127.0.0.1"}), User.objects.get(username="agent")
    client.force_login(user)

    def check(said: str) -> tuple[float, float]:
        begun, started = time.process_time(), time.perf_counter()
        answer = client.post(
            f"/tickets/{ticket_id}/draft/", {"text": said, "visibility": "public"}, headers={"HX-Request": "true"}
        )
        assert b'class="findings"' in answer.content, answer.status_code
        return time.perf_counter() - started, time.process_time() - begun

    check(texts[0])  # tables, models and the rulebook load once
    with CaptureQueriesContext(connection) as captured:
        check(texts[0])
    queries = len(captured)  # the next request forgets them
    seconds, own = zip(*(check(said) for said in texts), strict=True)
    _print({"seconds": seconds, "own": own, "queries": queries})


def look(pages: Mapping[str, tuple[str, bool]]) -> None:
    """Queries of each page (its address, and whether htmx asks) for a signed-in agent, and seconds for the badges."""
    from django.core.cache import cache

    client, user = Client(headers={"host": "127.0.0.1"}), User.objects.get(username="agent")
    client.force_login(user)
    queries, badges = {}, []
    for what, (address, by_htmx) in pages.items():
        headers = {"HX-Request": "true"} if by_htmx else {}
        client.get(address, headers=headers)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address, headers=headers).status_code == 200, address
        queries[what] = len(captured)
    for _ in range(30):
        cache.delete_many(["counts", f"counts:{user.pk}"])
        started = time.perf_counter()
        counts(user)
        badges.append(time.perf_counter() - started)
    kept = []
    for _ in range(30):
        started = time.perf_counter()
        counts(user)
        kept.append(time.perf_counter() - started)
    _print({"queries": queries, "badges": badges, "kept": kept})


def _columns(model: Any) -> tuple[list[str], list[str]]:
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    return [field.column for field in fields], [_kind(field) for field in fields]


def _kind(field: Any) -> str:
    kind = field.target_field.db_type(connection) if field.is_relation else field.db_type(connection)
    return str(kind).split("(")[0].replace("bigserial", "bigint")


def _rows(table: str, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        listed = ", ".join("data::text" if name == "data" else f'"{name}"' for name in names)
        cursor.execute(f"SELECT {listed} FROM public.{table} ORDER BY id")  # noqa: S608 our own words
        yield from cursor.fetchall()


def _insert(table: str, names: Sequence[str], kinds: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    listed = ", ".join(f'"{name}"' for name in names)
    arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
    statement = f"INSERT INTO {table} ({listed}) SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING"  # noqa: S608 our own words
    with connection.cursor() as cursor:
        for first in range(0, len(rows), ROWS):
            cursor.execute(statement, [list(column) for column in zip(*rows[first : first + ROWS], strict=True)])


def _as_told(number: int) -> dict[str, Any]:
    return {
        "id": f"20{number:016}", "text": text(number), "author_id": str(number // 2), "lang": "nl",
        "conversation_id": f"20{number:016}", "created_at": "2026-11-01T10:20:00.000Z",
        "edit_history_tweet_ids": [f"20{number:016}"],
        "public_metrics": {"retweet_count": 0, "reply_count": 1, "like_count": 2, "quote_count": 0},
        "entities": {"mentions": [{"start": 0, "end": 9, "username": "vlotlijn", "id": "1000"}]},
    }  # fmt: skip


def _print(answer: object) -> None:
    print(json.dumps(answer))


def read_timelines(first: int, lines: int, rules: int, every: int) -> None:
    """Write a line on each of so many tickets, and read them under so many rules, one of which fires on each `every`th
    ticket (0: on none). Nobody else reads meanwhile, and all of it is taken back.
    """
    now = timezone.now()
    with transaction.atomic():
        reading.begun(now)
        row = Reading.objects.select_for_update().get()
        _rules_in_force(rules)
        tickets = Ticket.objects.filter(pk__gte=first, pk__lt=first + lines)
        tickets.update(priority=1)
        if every:
            tickets.filter(pk__in=range(first, first + lines, every)).update(priority=2)
        reading.skip(row)
        row.looked_at = now
        row.save()
        told = {"added": ["other"], "removed": []}
        TicketEvent.objects.bulk_create(
            TicketEvent(ticket_id=first + number, kind="tagged", at=now, data=told) for number in range(lines)
        )
        until, started = reading.newest(), time.perf_counter()
        while Reading.objects.get().reached < until:
            firing.run(now)
        seconds, fired = time.perf_counter() - started, Firing.objects.filter(at=now).count()
        transaction.set_rollback(True)
    _print({"seconds": seconds, "fired": fired})


def _rules_in_force(count: int) -> None:
    """All hear a tag; the first wants a high priority, the others ask for what no ticket has."""
    author, reviewer = (User.objects.create_user(f"automation-{number}", role="administrator") for number in range(2))
    rules = [
        {"key": f"r{number}", "name": f"Rule {number}", "event": "tag", "steps": [{"do": "tag", "value": "seen"}],
         "when": {"priorities": [2 if number == 0 else 0], "tags": ["other"] if number == 1 else []}}
        for number in range(count)
    ]  # fmt: skip
    draft = automations.write_draft(author, document={"rules": rules})
    automations.hand_in(author, draft.number)
    automations.switch_on(reviewer, draft.number)
