"""Times as networks write them."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LATEST_SECONDS = 253_402_300_799  # the end of the year 9999; anything above is milliseconds or smaller


def moment(value: object) -> datetime:
    """An aware UTC time from seconds, milliseconds or microseconds since 1970, ISO 8601, or X's v1.1 form.

    Numbers may come as text. Raises ValueError for anything else, and for a text without a zone.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"not a time: {type(value).__name__}")  # noqa: TRY004  # one error for everything
    if isinstance(value, str):
        text = value.strip()
        if not text.lstrip("-").isdecimal():
            return _written(text)
        value = int(text) if len(text) < 20 else float("inf")
    return _since_1970(value)


def _since_1970(value: float) -> datetime:
    for factor in (1, 1_000, 1_000_000):
        # Milliseconds of 1970 look like seconds of later years; no network is old enough for that to matter.
        if abs(value) / factor <= (_LATEST_SECONDS if factor == 1_000_000 else 20_000_000_000):
            return datetime.fromtimestamp(value / factor, UTC)
    raise ValueError("not a time: the number is too large")


def _written(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = _spoken(text)
    if time.tzinfo is None:
        raise ValueError("not a time: it has no zone")
    try:
        return time.astimezone(UTC)
    except OverflowError as problem:
        raise ValueError("not a time: outside the calendar") from problem


def _spoken(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%a %b %d %H:%M:%S %z %Y")  # X v1.1: Wed Oct 10 20:19:24 +0000 2018
    except ValueError:
        return parsedate_to_datetime(text)  # the Date header
