"""One answer in many wordings."""

from itertools import pairwise

import pytest

from policies.near_duplicates import digest
from policies.variation import MOST, first_fresh, wordings

LONG = "we weten dat de trein bij Haarbrug stilstaat en zoeken uit wanneer hij weer rijdt"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("Hoi", ("Hoi",)),
        ("[Hoi|Dag]!", ("Hoi!", "Dag!")),
        ("[Hoi|Dag] [a|b]", ("Hoi a", "Dag b", "Hoi b", "Dag a")),
        ("[Hoi|Hoi] [1]", ("Hoi [1]",)),
        ("Hoi[ allemaal|]", ("Hoiallemaal", "Hoi")),
        ("[een\nregel|twee]", ("een\nregel", "twee")),
        ("[open|", ("[open|",)),
    ],
)
def test_every_wording_comes_once(source: str, found: tuple[str, ...]) -> None:
    assert wordings(source) == found


def test_from_one_to_the_next_every_choice_moves_on() -> None:
    found = [text.split() for text in wordings("[a|b|c] [d|e|f] [g|h|i]")]
    assert len(found) == 27
    for one, other in pairwise(found[:3]):
        assert all(mine != theirs for mine, theirs in zip(one, other, strict=True))


def test_no_more_than_can_be_used_are_made() -> None:
    source = "[a|b] " * 40
    assert len(wordings(source)) <= MOST


def test_hostile_brackets_take_no_time() -> None:
    assert len(wordings("[" * 50_000 + "|" * 50_000)) == 1


def test_a_wording_is_fresh_until_it_was_said_so_often() -> None:
    candidates = [f"Hoi, {LONG}", f"Beste reiziger, wat vervelend: {LONG[20:]} morgen"]
    said = [digest(candidates[0])] * 3
    assert first_fresh(candidates, said[:2], 0.9, 3) == 0
    assert first_fresh(candidates, said, 0.9, 3) == 1
    assert first_fresh(candidates[:1], said, 0.9, 3) is None
