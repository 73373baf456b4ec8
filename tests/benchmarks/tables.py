"""Figures as a table: what, goal, reached, and how busy the machine was meanwhile."""

import os
from collections.abc import Sequence


def show(title: str, rows: Sequence[Sequence[str]], head: Sequence[str] = ("what", "goal", "reached")) -> None:
    """Print a table; the load average stands in its title, because figures of a busy machine are no others."""
    lines = [tuple(head), *(tuple(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    print(f"\n\n{title}   (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)")
    for number, line in enumerate(lines):
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
        if number == 0:
            print("  " + "  ".join("-" * width for width in widths))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def milliseconds(seconds: Sequence[float], *shares: float) -> str:
    """“p50 12 ms, p99 40 ms”."""
    return ", ".join(f"p{share * 100:.0f} {percentile(seconds, share) * 1000:,.1f} ms" for share in shares)
