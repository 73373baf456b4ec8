"""`backtest_detector`: every row comes back with what the detector would have said; what is no count is named."""

import csv
import gzip
import io
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from policies.detector import Detector

HEADER = "timestamp,value,anomaly_score,alert"
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def backtest(file: Path, *more: str) -> tuple[list[str], list[str]]:
    """The lines on standard output and on standard error."""
    out, err = io.StringIO(), io.StringIO()
    call_command("backtest_detector", str(file), *more, stdout=out, stderr=err)
    return out.getvalue().splitlines(), err.getvalue().splitlines()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two weeks with a burst on the last day."""
    chance = random.Random(4)
    counts = [chance.randint(5, 15) for _row in range(14 * 288)]
    counts[-100:-96] = [90, 120, 110, 80]
    lines = [f"{MONDAY + timedelta(minutes=5 * row):%Y-%m-%d %H:%M:%S},{count}" for row, count in enumerate(counts)]
    path = tmp_path / "counts.csv"
    path.write_text("\n".join(["timestamp,value", *lines, ""]))
    return path


def test_each_row_comes_back_as_it_was_with_its_score(file: Path) -> None:
    lines, errors = backtest(file)
    assert lines[0] == HEADER
    assert errors == []
    given = list(csv.DictReader(file.read_text().splitlines()))
    found = list(csv.DictReader(lines))
    detector = Detector()
    assert [(row["timestamp"], row["value"]) for row in found] == [(row["timestamp"], row["value"]) for row in given]
    for row in found:
        reading = detector.observe(datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC), float(row["value"]))
        assert float(row["anomaly_score"]) == pytest.approx(reading.score, abs=1e-6)
        assert (row["alert"] == "1") is reading.alert is (float(row["anomaly_score"]) >= 0.5)
    alerts = [number for number, row in enumerate(found) if row["alert"] == "1"]
    assert alerts
    assert set(alerts) <= set(range(len(found) - 100, len(found) - 96))


def test_a_file_takes_the_rows_and_a_line_says_how_many(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    lines, errors = backtest(file, "--out", str(out), "--explain")
    assert out.read_text().splitlines() == backtest(file)[0]
    alerts = out.read_text().count(",1\n")
    assert lines == [f"{alerts} alerts in 4,032 rows."]
    assert len(errors) == alerts
    assert "surge: " in errors[0]
    assert " expected in such a half hour" in errors[0]


def test_it_can_take_the_place_of_the_file_that_it_reads(file: Path) -> None:
    expected = backtest(file)[0]
    backtest(file, "--out", str(file))
    assert file.read_text().splitlines() == expected


def test_a_zipped_file_with_more_columns_and_zones_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv.gz"
    text = "\ufeffid, Value ,Timestamp\n1,3,2026-03-02T12:00:00+01:00\n\n2,4.5,2026-03-02T11:05:00Z\n"
    path.write_bytes(gzip.compress(text.encode()))
    rows = [line.split(",")[:2] for line in backtest(path)[0]]
    assert rows == [["timestamp", "value"], ["2026-03-02T12:00:00+01:00", "3"], ["2026-03-02T11:05:00Z", "4.5"]]


def test_silence_is_told_apart_from_a_crisis(file: Path) -> None:
    lines = file.read_text().splitlines()
    dead = [line.split(",")[0] + ",0" for line in lines[3001:3201]]
    file.write_text("\n".join([*lines[:3001], *dead, *lines[3201:3300]]))
    scores, errors = backtest(file, "--explain")
    assert not any(line.endswith(",1") for line in scores[1:])
    (told,) = errors
    assert "silence: nothing came while" in told


def test_the_settings_count(file: Path) -> None:
    def alerts(*more: str) -> int:
        return sum(line.endswith(",1") for line in backtest(file, *more)[0][1:])

    assert alerts("--floor", "5000") == 0
    assert alerts("--sensitivity", "sensitive", "--cooldown", "0") > alerts() > alerts("--sensitivity", "strict")


def test_a_header_alone_gives_a_header_alone(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("timestamp,value\n")
    assert backtest(path) == ([HEADER], [])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", r"has no column timestamp and value: it is empty. Begin it with timestamp,value\.$"),
        (b"time,count\n", r"has no column timestamp and value: its first line has time, count\."),
        (b"timestamp,value\n2026-03-02,x\n", r"line 2: “x” is no count\. Give a number of 0 or more\.$"),
        (b"timestamp,value\n2026-03-02,1\n2026-03-03,-1\n", "line 3: “-1” is no count"),
        (b"timestamp,value\n2026-03-02,NaN\n", "line 2: “NaN” is no count"),
        (b"timestamp,value\n2026-03-02,inf\n", "line 2: “inf” is no count"),
        (b"timestamp,value\n2026-03-02,1_0\n", "line 2: “1_0” is no count"),
        (b"timestamp,value\n2026-03-02,\n", "line 2: “” is no count"),
        (b"timestamp,value\n2026-13-02,1\n", "line 2: “2026-13-02” is no time"),
        (b"timestamp,value\n2026-03-02\n", "line 2: it has too few fields"),
        (
            b"timestamp,value\n2026-03-02,1\n\n2026-03-02,1\n",
            "line 4: a row has to be later than the row before",
        ),
        (b"timestamp,value\n2026-03-02,\xff\n", "is no CSV in UTF-8"),
        (b"\x1f\x8b\x08\x00", "ends in the middle or is damaged"),
    ],
)
def test_what_can_t_be_read_is_named_in_one_line_and_leaves_nothing(tmp_path: Path, content: bytes, says: str) -> None:
    path, out = tmp_path / "counts.csv", tmp_path / "out.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=says) as refused:
        backtest(path, "--out", str(out))
    assert "\n" not in str(refused.value)
    assert [found.name for found in tmp_path.iterdir()] == ["counts.csv"]


def test_files_that_are_not_there_are_named(file: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.csv can't be read: No such file"):
        backtest(tmp_path / "nowhere.csv")
    with pytest.raises(CommandError, match=r"out\.csv can't be written: No such file"):
        backtest(file, "--out", str(tmp_path / "nowhere" / "out.csv"))


def test_rows_come_from_standard_input_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"timestamp,value\n2026-03-02 12:00:00,3\n")))
    assert backtest(Path("-"))[0][1].startswith("2026-03-02 12:00:00,3,0.")
