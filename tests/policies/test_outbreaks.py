"""Posts that are almost the same, and words that are listed."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from policies.crisis_scope import is_about, words_of
from policies.near_duplicates import digest
from policies.outbreaks import Post, groups, is_same, topic_of
from policies.trigger_words import USUAL, first_word

ONE = "De app van de bank laat rekeningen van anderen zien, haal je geld weg"
OTHER = "Waarom is er in de trein naar Haarbrug nooit een stopcontact dat werkt"


def posts(*texts: str) -> list[Post]:
    return [Post(number, number, digest(text), text) for number, text in enumerate(texts)]


def test_copies_with_another_greeting_are_one_group() -> None:
    made = posts(ONE, OTHER, f"Hoi allemaal! {ONE} #bank", f"{ONE} https://x.example/1", OTHER.upper())
    found = groups(made, least_people=2)
    assert [[post.id for post in group.posts] for group in found] == [[0, 2, 3], [1, 4]]
    assert [group.people for group in groups(made, least_people=3)] == [3]


def test_what_they_share_becomes_a_topic_that_finds_them() -> None:
    (group,) = groups(posts(ONE, f"Echt waar? {ONE}", f"{ONE} dus"), least_people=3)
    topic = topic_of(group)
    assert topic.split()[0] == "rekeningen"
    assert all(is_about(topic, words_of(post.text)) for post in group.posts)


@given(some.lists(some.text(max_size=60), max_size=30), some.integers(1, 4))
def test_each_post_is_in_one_group_at_most_and_every_group_is_large_enough(texts: list[str], least: int) -> None:
    found = groups(posts(*texts), least)
    numbers = [post.id for group in found for post in group.posts]
    assert len(numbers) == len(set(numbers))
    for group in found:
        assert group.people >= least
        assert all(is_same(group.first.digest, post.digest) for post in group.posts)
        assert len(topic_of(group)) <= 100


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Er is BRAND in de trein", "brand"),
        ("Ontploffing bij het station", "ontploff*"),
        ("There was a data breach, again", "data breach"),
        ("De verbranding van vet", ""),
        ("Leuke dag gehad", ""),
        ("", ""),
    ],
)
def test_the_first_word_of_the_list_is_named(text: str, word: str) -> None:
    assert first_word(text, USUAL) == word
