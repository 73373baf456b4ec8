"""How much personal data is found and how often wrongly, on the labelled sets beside the project, where they are.

Prints a figure for each kind with `-s`. The floors are those below which somebody would notice.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from policies import personal_data
from policies.personal_data import Span

FOLDER = Path(__file__).parents[3] / "shared/data/pii"
SYNTHETIC, UNIT = FOLDER / "presidio_synth.jsonl", FOLDER / "presidio_unit_cases.jsonl"
KINDS: dict[str, Callable[[str], Iterable[Span]]] = {
    "IBAN_CODE": personal_data.ibans,
    "CREDIT_CARD": personal_data.cards,
    "PHONE_NUMBER": personal_data.phones,
    "EMAIL_ADDRESS": personal_data.emails,
}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the labelled texts are not here")


@dataclass
class Counted:
    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.right + self.missed, 1)

    def __str__(self) -> str:
        return f"precision {self.precision:.3f}, recall {self.recall:.3f} ({self.right + self.missed} in the texts)"


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def overlaps(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


@pytest.mark.parametrize("kind", KINDS)
def test_spans_of_the_synthetic_texts(kind: str) -> None:
    counted = Counted()
    for row in rows(SYNTHETIC):
        labelled = [(start, end) for start, end, name in row["spans"] if name == kind]
        found = [(span.start, span.end) for span in KINDS[kind](row["text"])]
        counted.right += sum(any(overlaps(one, other) for other in found) for one in labelled)
        counted.missed += sum(not any(overlaps(one, other) for other in found) for one in labelled)
        counted.wrong += sum(not any(overlaps(one, other) for other in labelled) for one in found)
    print(f"\n{kind}: {counted}")
    assert counted.precision >= 0.95
    assert counted.recall >= 0.95


@pytest.mark.parametrize(
    ("kind", "least"), [("IBAN_CODE", 0.99), ("CREDIT_CARD", 1), ("PHONE_NUMBER", 0.75), ("EMAIL_ADDRESS", 1)]
)
def test_counts_of_the_unit_cases(kind: str, least: float) -> None:
    cases = [row for row in rows(UNIT) if row["entity"] == kind]
    right = sum(len(list(KINDS[kind](row["text"]))) == row["expected"] for row in cases)
    print(f"\n{kind}: {right} of {len(cases)} cases")
    assert right >= least * len(cases)
