"""Where a figure of a report leads: the address of the tickets that were counted in it."""

from urllib.parse import urlencode

from desk.actions.reports.report import Line
from desk.reports.counting import Tally
from policies.reports import Band, Percentile

Drill = str | None  # what is added to the address of a row; None where a figure counts no tickets


def behind_figures(one: Tally) -> list[Drill]:
    """For the figures of a tally, in their order."""
    return [
        "", "&kind=promised", "&kind=late", *(slowest(found) for found in one.percentiles(50, 90, 95)),
        "&kind=unanswered", "&kind=cancelled", "&kind=resolved_unanswered", None,
    ]  # fmt: skip


def slowest(found: Percentile | None, *, lag: bool = False) -> Drill:
    """Those that took as long as a percentile, or longer."""
    if found is None:
        return None
    least = f"&above={found.seconds - 1}" if found.seconds else ""
    return least + ("&lag=1" if lag else "&kind=answered")


def in_band(band: Band) -> str:
    """Those of one bar of the distribution."""
    return (f"&above={band.above}" if band.above > 0 else "") + (f"&to={band.to}" if band.to else "")


def narrowed(query: dict[str, str], parameter: str, line: Line) -> str:
    """The address of one line of a table, as its filters."""
    if parameter == "channel":
        network, _private = line.value.split(" ")
        return urlencode({**query, "network": network, "private": "yes" if line.private else "no"})
    if parameter == "lag":
        inbox, _private = line.value.split()
        return urlencode({**query, "inbox": inbox, "private": "yes" if line.private else "no"})
    if parameter == "language":
        return urlencode({**query, "language": line.value or "none"})
    return urlencode({**query, parameter: line.value})
