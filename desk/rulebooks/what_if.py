"""Keeping what a what-if found: rows in bulk for texts with findings, and counts that grow portion by portion."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from desk.common.bulk import insert_rows, next_ids
from desk.common.storable import storable_json
from desk.rulebooks.models import WhatIf, WhatIfCount, WhatIfFinding, WhatIfLine, WhatIfText
from policies.findings import Severity
from policies.registry import Spot
from policies.what_if import Outcome, Verdict

MOST_SPOTS = 20  # of one rule in one text
_KIND = WhatIfCount.Kind
_FIGURES = WhatIfCount.FIGURES
_PLACE = {name: place for place, name in enumerate(_FIGURES)}
_CHECKED = _PLACE["checked"]
_TEXT = (
    "id", "run_id", "kind", "reply_id", "line_id", "template_id", "name", "text", "places", "language", "severity",
    "before", "added", "gone", "team", "agent",
)  # fmt: skip
_FINDING = ("run_id", "text_id", "code", "severity", "before", "added", "gone", "spots", "spots_before")
_GROWS = ", ".join(f"{name} = rulebooks_whatifcount.{name} + EXCLUDED.{name}" for name in _FIGURES)
_Counts = dict[tuple[str, str], list[int]]


@dataclass(frozen=True, slots=True)
class Looked:
    """One text with what was found in it. Of `reply`, `line` and `template`, the id of what it is."""

    verdict: Verdict
    kind: WhatIfText.Kind
    reply: int | None = None
    line: int | None = None
    template: int | None = None
    name: str = ""
    text: str = ""
    places: Sequence[tuple[str, str]] = ()
    language: str = ""
    team: str = ""
    agent: str = ""
    counts: bool = True  # false: the same text was counted already, with what is found in it elsewhere


def keep(run_id: int, looked: Sequence[Looked]) -> None:
    """Write down one portion, in the caller's transaction: three statements for however many texts."""
    found = [one for one in looked if one.verdict.outcomes]
    ids = next_ids(WhatIfText, len(found))
    insert_rows(WhatIfText, _TEXT, (_text_row(run_id, pk, one) for pk, one in zip(ids, found, strict=True)))
    insert_rows(
        WhatIfFinding,
        _FINDING,
        (
            _finding_row(run_id, pk, outcome)
            for pk, one in zip(ids, found, strict=True)
            for outcome in one.verdict.outcomes
        ),
    )
    insert_rows(
        WhatIfCount,
        ("run_id", "kind", "name", *_FIGURES),
        ((run_id, kind, name, *figures) for (kind, name), figures in _counted(looked).items()),
        on_conflict=f"(run_id, kind, name) DO UPDATE SET {_GROWS}",
    )


def forget(run_id: int) -> None:
    """Delete a run with all that hangs on it."""
    for kind in (WhatIfFinding, WhatIfText, WhatIfLine, WhatIfCount):
        kind._default_manager.filter(run_id=run_id).delete()
    WhatIf.objects.filter(pk=run_id).delete()


def _text_row(run_id: int, pk: int, one: Looked) -> tuple[Any, ...]:
    verdict = one.verdict
    return (
        pk, run_id, str(one.kind), one.reply, one.line, one.template, one.name, one.text, storable_json(one.places),
        one.language, verdict.severity or "", verdict.before or "", verdict.added, verdict.gone, one.team, one.agent,
    )  # fmt: skip


def _finding_row(run_id: int, text_id: int, outcome: Outcome) -> tuple[Any, ...]:
    same = outcome.spots == outcome.spots_before
    return (
        run_id, text_id, outcome.code, outcome.severity or "", outcome.before or "", outcome.added, outcome.gone,
        _spots(outcome.spots), None if same else _spots(outcome.spots_before),
    )  # fmt: skip


def _spots(spots: Iterable[Spot]) -> str:
    kept = [[spot.start, spot.end, dict(spot.params)] for spot, _place in zip(spots, range(MOST_SPOTS), strict=False)]
    return storable_json(kept)


def _counted(looked: Iterable[Looked]) -> _Counts:
    counts: _Counts = {}
    for one in filter(lambda one: one.counts, looked):
        verdict = one.verdict
        figures = _figures(verdict.severity, verdict.before, added=verdict.added, gone=verdict.gone)
        for key in _whose(one):
            kept = counts.setdefault(key, [0] * len(_FIGURES))
            kept[_CHECKED] += 1
            for place in figures if verdict.outcomes else ():
                kept[place] += 1
        if one.kind != WhatIfText.Kind.TEMPLATE:
            for outcome in verdict.outcomes:
                kept = counts.setdefault((_KIND.RULE, outcome.code), [0] * len(_FIGURES))
                for place in _figures(outcome.severity, outcome.before, added=outcome.added, gone=outcome.gone):
                    kept[place] += 1
    return counts


def _whose(one: Looked) -> Iterator[tuple[str, str]]:
    if one.kind == WhatIfText.Kind.TEMPLATE:
        yield _KIND.TEMPLATES, ""
    else:
        yield from ((_KIND.ALL, ""), (_KIND.TEAM, one.team), (_KIND.AGENT, one.agent))


def _figures(severity: Severity | None, before: Severity | None, *, added: bool, gone: bool) -> list[int]:
    """The places of the figures that such a text counts for."""
    names = ["found"]
    if severity:
        names.append(str(severity))
    if before:
        names.append(f"{before}_before")
    if added:
        names.append("added")
    if gone:
        names.append("gone")
    return [_PLACE[name] for name in names]
