"""Whatever is done to a log afterwards is found, and the first broken entry is named."""

from dataclasses import replace

import pytest

from policies.hash_chain import Broken, Link, beginning, digest_of, first_broken

START = beginning("crisis 1")


def a_log(count: int = 4, start: str = START) -> list[Link]:
    links: list[Link] = []
    for number in range(1, count + 1):
        before = links[-1].digest if links else start
        facts = {"number": number, "said": f"Besluit {number}: geen interviews"}
        links.append(Link(number, facts, before, digest_of(before, facts)))
    return links


def head_of(links: list[Link]) -> tuple[int, str]:
    return links[-1].number, links[-1].digest


def test_a_log_that_nobody_touched_holds() -> None:
    assert first_broken(a_log(), START, head_of(a_log())) is None
    assert first_broken([], START, (0, START)) is None


def test_the_digest_is_what_the_documentation_says() -> None:
    import hashlib

    said = '0a\n{"a":1,"é":"ja"}'
    assert digest_of("0a", {"é": "ja", "a": 1}) == hashlib.sha256(said.encode()).hexdigest()


@pytest.mark.parametrize("place", [0, 1, 3])
def test_an_entry_that_reads_otherwise_is_named(place: int) -> None:
    links = a_log()
    links[place] = replace(links[place], facts={**links[place].facts, "said": "Iets anders"})
    assert first_broken(links, START, head_of(a_log())) == Broken(place + 1, "changed")


def test_an_entry_whose_digest_was_made_to_fit_breaks_the_next_one() -> None:
    links = a_log()
    facts = {"number": 2, "said": "Iets anders"}
    links[1] = Link(2, facts, links[0].digest, digest_of(links[0].digest, facts))
    assert first_broken(links, START, head_of(a_log())) == Broken(3, "moved")


def test_the_last_entry_is_held_by_what_the_log_is_known_to_end_with() -> None:
    links = a_log()
    facts = {"number": 4, "said": "Iets anders"}
    links[3] = Link(4, facts, links[2].digest, digest_of(links[2].digest, facts))
    assert first_broken(links, START, head_of(a_log())) == Broken(4, "changed")
    assert first_broken(a_log()[:3], START, head_of(a_log())) == Broken(4, "shortened")
    assert first_broken(a_log(5), START, head_of(a_log())) == Broken(5, "added")


def test_an_entry_that_is_gone_is_named() -> None:
    links = a_log()
    assert first_broken(links[1:], START, head_of(links)) == Broken(1, "missing")
    assert first_broken([*links[:1], *links[2:]], START, head_of(links)) == Broken(2, "missing")


def test_the_log_of_another_crisis_does_not_fit() -> None:
    other = a_log(start=beginning("crisis 2"))
    assert first_broken(other, START, head_of(other)) == Broken(1, "moved")
