"""Replay: files of any kind become rows or reasons, rows become posts in their rhythm."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from desk.inboxes.models import Inbox
from desk.operations.replay.rhythm import Rhythm
from desk.operations.replay.rows import Refused, Row, Unusable, parse_columns, read_rows
from tests.sandbox import SandboxProcess, running_sandbox

__all__ = ["running_sandbox"]

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
NO_DATE = "is no date; write it as 2026-03-10T09:12:00Z"
HEADER = "id,text,author,posted_at,private,in_reply_to\n"


def rows_of(tmp_path: Path, content: bytes | str, columns: dict[str, str] | None = None) -> list[Row | Refused]:
    file = tmp_path / "rows"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_rows(file, columns or {}))


def reason(found: Row | Refused) -> str:
    assert isinstance(found, Refused)
    return found.reason


def test_a_csv_row_is_read_whole(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, HEADER + '7,"Twee\nregels, en een komma",@marit,2026-03-10T12:00:00Z,ja,6\n')
    assert row == Row(1, "Twee\nregels, en een komma", "@marit", NOON, "7", "6", private=True)


def test_json_lines_are_read_zipped_too(tmp_path: Path) -> None:
    lines = [{"text": "a", "author": "b", "posted_at": NOON.timestamp(), "id": 12}, {"text": "c"}]
    content = gzip.compress("\n".join(map(json.dumps, lines)).encode())
    first, second = rows_of(tmp_path, content)
    assert first == Row(1, "a", "b", NOON, "12")
    assert second == Refused(2, "author is missing")


def test_columns_may_have_other_names_and_a_byte_order_mark(tmp_path: Path) -> None:
    columns = parse_columns(["posted_at=created_at,author=user", "id=tweet_id"])
    (row,) = rows_of(tmp_path, "\ufefftweet_id,user,text,created_at\n1,b,a,2026-03-10T12:00:00Z\n", columns)
    assert row == Row(1, "a", "b", NOON, "1")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"1,,b,2026-03-10,,", "text is missing"),
        (b"1,a,,2026-03-10,,", "author is missing"),
        (b"1,a,b,,,", "posted_at is missing"),
        (b"1,a,b,gisteren,,", f"posted_at “gisteren” {NO_DATE}"),
        (b"1,a\x00b,b,2026-03-10,,", "text has NUL bytes"),
        (b"1,caf\xe9,b,2026-03-10,,", "text is not UTF-8"),
        (b"1,a,b", "it has 3 fields, the header has 6"),
        (b"1,a,b,2026-03-10,,,,", "it has 8 fields, the header has 6"),
        (b"1,a,b,2026-03-10,perhaps,", "private is “perhaps”; write true or false"),
        (b"1," + b"x" * 5_000_000 + b",b,2026-03-10,,", "text has 5,000,000 characters; at most 100,000 can be posted"),
        (b"1,a," + "n\u0301".encode() * 4000 + b",2026-03-10,,", "author has 8,000 characters; at most 200 make sense"),
    ],
    ids=range(11),
)
def test_a_broken_row_is_named_and_harms_no_other(tmp_path: Path, line: bytes, why: str) -> None:
    good = b"2,goed,b,2026-03-10T12:00:00Z,,\n"
    before, broken, after = rows_of(tmp_path, HEADER.encode() + good + line + b"\n" + good)
    assert reason(broken) == why
    assert isinstance(before, Row)
    assert isinstance(after, Row)
    assert after.number == 3


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"text": "half \\ud800", "author": "b", "posted_at": 0}', "text has half a character (a lone surrogate)"),
        (b'{"text": 5, "author": "b", "posted_at": 0}', "text is no text"),
        (b'{"text": "a", "author": "b", "posted_at": true}', "posted_at is no text"),
        (b'{"text": "a", "author": "b", "posted_at": 1e400}', f"posted_at “inf” {NO_DATE}"),
        (b'{"text": "caf\xe9", "author": "b", "posted_at": 0}', "it is not UTF-8"),
        (b"[" * 100_000, "it is no JSON object"),
        (b'["a"]', "it is no JSON object"),
        (b"text", "it is no JSON object"),
    ],
)  # fmt: skip
def test_a_broken_json_line_is_named_and_harms_no_other(tmp_path: Path, line: bytes, why: str) -> None:
    good = b'{"text": "goed", "author": "b", "posted_at": 0}\n'
    before, broken, after = rows_of(tmp_path, good + line + b"\n" + good)
    assert reason(broken) == why
    assert isinstance(before, Row)
    assert isinstance(after, Row)


@pytest.mark.parametrize(
    "given",
    ["2026-03-10T12:00:00Z", "2026-03-10 12:00", "2026-03-10 04:00:00 -0800", "Tue Mar 10 12:00:00 +0000 2026",
     "Tue, 10 Mar 2026 13:00:00 +0100", str(int(NOON.timestamp()))],
)  # fmt: skip
def test_dates_are_read_as_people_write_them(tmp_path: Path, given: str) -> None:
    (row,) = rows_of(tmp_path, json.dumps({"text": "a", "author": "b", "posted_at": given}))
    assert isinstance(row, Row)
    assert row.posted_at == NOON


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file has no column text, author, posted_at; it has none"),
        (b"text,user\na,b\n", "The file has no column author, posted_at; it has text, user"),
        (b'[{"text": "a"}]', "one JSON list"),
        (gzip.compress(HEADER.encode() * 500, mtime=0)[:60], "damaged"),
        (b"\x1f\x8bno gzip", "damaged"),
    ],
)
def test_a_file_that_is_none_says_what_to_do(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(Unusable, match=words):
        rows_of(tmp_path, content)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="can't be read: No such file"):
        list(read_rows(tmp_path / "nowhere", {}))


@pytest.mark.parametrize("given", ["posted_at", "when=created_at", "text=", "=a"])
def test_columns_that_say_nothing_are_refused(given: str) -> None:
    with pytest.raises(Unusable, match="--columns has"):
        parse_columns([given])


def test_the_rhythm_is_that_of_the_file_times_the_speed() -> None:
    rhythm = Rhythm(10)
    assert [rhythm.due(NOON + timedelta(seconds=at)) for at in (0, 5, 5, 60)] == [0, 0.5, 0.5, 6]


def test_at_once_never_waits() -> None:
    rhythm = Rhythm(0)
    assert [rhythm.due(NOON + timedelta(days=at)) for at in (0, 5, 1)] == [0, 0, 0]


def test_a_date_of_1970_or_of_the_future_does_not_stop_the_rhythm() -> None:
    rhythm = Rhythm(1)
    dates = (NOON, datetime(1970, 1, 1, tzinfo=UTC), NOON, datetime(2099, 1, 1, tzinfo=UTC), NOON)
    assert [rhythm.due(date) for date in dates] == [0, 0, 0, 0, 0]
    assert rhythm.due(NOON + timedelta(seconds=3)) == 3


def test_a_row_out_of_order_is_due_at_once_and_costs_no_time() -> None:
    rhythm = Rhythm(1)
    assert [rhythm.due(NOON + timedelta(seconds=at)) for at in (0, 10, 4, 12)] == [0, 10, 10, 12]


# ── on a real sandbox ────────────────────────────────────────────────────────
@pytest.fixture
def inbox(db: None, running_sandbox: SandboxProcess, request: pytest.FixtureRequest) -> Inbox:
    handle = f"replay_{abs(hash(request.node.name)) % 10**6}"
    made = running_sandbox.call("POST", "/accounts", {"network": "x", "handle": handle})
    return Inbox.objects.create(network="x", name=handle, base_url=made["base_url"], own_id=made["id"], handle=handle)


def posts_of(sandbox: SandboxProcess, inbox: Inbox) -> list[Any]:
    posts = sandbox.call("GET", "/posts?network=x&limit=1000")["posts"]
    return [post for post in posts if post["account_id"] == inbox.own_id]


def test_rows_become_posts_of_customers(tmp_path: Path, running_sandbox: SandboxProcess, inbox: Inbox,
                                        capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    file = tmp_path / "rows.csv"
    file.write_text(
        HEADER
        + "1,Waar blijft de trein?,marit,2015-02-24T10:00:00Z,,\n"
        + "2,,marit,2015-02-24T10:00:01Z,,\n"
        + "3,Nog steeds niets,marit,2015-02-24T10:00:02Z,,1\n"
        + "4,Mijn pasnummer is 12,marit,2015-02-24T10:00:03Z,true,\n"
        + "5,Antwoord op niets,bram,2015-02-24T10:00:04Z,,99\n"
        + "6,Wacht op de volgende rij,eva,2015-02-24T10:00:05Z,,5\n"
    )
    call_command("replay", str(file), f"--inbox={inbox.pk}", "--speed=max")
    told = capsys.readouterr()
    assert told.out == "5 posted, 1 refused, of 6 rows.\n"
    assert told.err.splitlines() == [
        "row 2: text is missing.",
        "row 5: in_reply_to “99” is no row before it; it is posted by itself.",
    ]
    posts = posts_of(running_sandbox, inbox)
    by_text = {re.sub(r"^(@\w+ )+", "", post["text"]): post for post in posts}
    first, second = by_text["Waar blijft de trein?"], by_text["Nog steeds niets"]
    assert second["parent_id"] == first["id"]
    assert by_text["Mijn pasnummer is 12"]["private"]
    assert by_text["Wacht op de volgende rij"]["parent_id"] == by_text["Antwoord op niets"]["id"]
    assert datetime.fromisoformat(first["created_at"]) > datetime.now(UTC) - timedelta(minutes=1)

    call_command("replay", file, inbox=inbox.pk, speed=0.0, limit=1)  # a file can be replayed twice
    assert len(posts_of(running_sandbox, inbox)) == 6


def test_rows_become_mentions_and_direct_posts_on_mastodon(
    tmp_path: Path, running_sandbox: SandboxProcess, db: None
) -> None:
    made = running_sandbox.call("POST", "/accounts", {"network": "mastodon", "handle": "replayed"})
    inbox = Inbox.objects.create(network="mastodon", name="Mastodon", base_url=made["base_url"], own_id=made["id"])
    file = tmp_path / "rows.csv"
    rows = "1,Waar blijft de trein?,marit,2015-02-24T10:00:00Z,,\n2,Nog niets,marit,2015-02-24T10:00:02Z,,1\n"
    file.write_text(HEADER + rows + "3,Mijn pasnummer is 12,marit,2015-02-24T10:00:03Z,true,\n")
    call_command("replay", str(file), f"--inbox={inbox.pk}", "--speed=max")
    posts = running_sandbox.call("GET", "/posts?network=mastodon&account=replayed")["posts"]
    told = [(post["text"], post["private"], post["parent_id"]) for post in posts]
    assert told == [
        ("@replayed Waar blijft de trein?", False, ""),
        ("@replayed Nog niets", False, posts[0]["id"]),
        ("@replayed Mijn pasnummer is 12", True, ""),
    ]


def test_when_nothing_can_be_posted_it_fails(tmp_path: Path, inbox: Inbox) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(HEADER + "1,,,,,\n")
    with pytest.raises(SystemExit) as ending:
        call_command("replay", file, inbox=inbox.pk)
    assert ending.value.code == 1


def test_an_inbox_that_is_not_on_a_sandbox_is_refused(db: None) -> None:
    real = Inbox.objects.create(network="x", name="@echt", own_id="1")
    with pytest.raises(CommandError, match="is not on a running sandbox but on the network itself"):
        call_command("replay", "rows.csv", inbox=real.pk)
    with pytest.raises(CommandError, match=f"There are: {real.pk} \\(@echt\\)"):
        call_command("replay", "rows.csv", inbox=real.pk + 1)


def test_real_tweets_arrive(running_sandbox: SandboxProcess, inbox: Inbox, project: Path,
                            capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    file = project.parent / "shared" / "data" / "airline_sentiment" / "tweets.csv.gz"
    if not file.exists():
        pytest.skip("the real tweets are not on this machine")
    call_command("replay", file, inbox=inbox.pk, speed=0.0, columns=["posted_at=created_at,id=tweet_id"], limit=600)
    assert capsys.readouterr().out == "600 posted, 0 refused, of 600 rows.\n"
