"""Lines of a form: read in their order whatever their numbers are, and nothing that is not theirs is touched."""

import pytest
from django.http import QueryDict

from desk.web.lines import Focus, read, rearranged, written

EMPTY = {"day": [""]}


def a_form(text: str) -> QueryDict:
    return QueryDict(text)


def test_lines_are_read_in_the_order_of_their_numbers() -> None:
    values = a_form(
        "name=x&days.10.day=c&days.2.day=b&days.0.day=a&days.0.to=1&days.0.to=2&days.x.day=no&other.0.day=no"
    )
    assert read(values, "days") == [{"day": ["a"], "to": ["1", "2"]}, {"day": ["b"]}, {"day": ["c"]}]


def test_a_number_that_nobody_can_mean_makes_no_lines() -> None:
    assert read(a_form("days.999999999.day=a&days..day=b&days.-1.day=c"), "days") == []


def test_what_is_written_is_read_again_and_the_rest_stays() -> None:
    values = written(a_form("name=x&days.7.day=old"), "days", [{"day": ["a"]}, {"day": ["b"]}])
    assert (values["name"], read(values, "days")) == ("x", [{"day": ["a"]}, {"day": ["b"]}])


@pytest.mark.parametrize(
    ("what", "days", "focus"),
    [
        ("days:add", ["a", "b", "c", ""], Focus(3)),
        ("days:remove:1", ["a", "c"], Focus(1)),
        ("days:remove:2", ["a", "b"], Focus(1)),
        ("days:up:2", ["a", "c", "b"], Focus(1, "up")),
        ("days:down:0", ["b", "a", "c"], Focus(1, "down")),
        ("days:up:1", ["b", "a", "c"], Focus(0, "down")),
        ("days:down:1", ["a", "c", "b"], Focus(2, "up")),
        ("days:down:2", ["a", "b", "c"], Focus()),
        ("days:up:0", ["a", "b", "c"], Focus()),
        ("days:remove:7", ["a", "b", "c"], Focus()),
        ("days:again", ["a", "b", "c"], Focus()),
        ("steps:add", ["a", "b", "c"], Focus()),
        ("nonsense", ["a", "b", "c"], Focus()),
    ],
)
def test_a_button_does_what_it_says(what: str, days: list[str], focus: Focus) -> None:
    values, found = rearranged(a_form(f"days.0.day=a&days.1.day=b&days.2.day=c&do={what}"), "days", EMPTY)
    assert ([line["day"][0] for line in read(values, "days")], found) == (days, focus)


def test_the_last_line_that_is_removed_leaves_nothing_to_go_on_at() -> None:
    values, focus = rearranged(a_form("days.0.day=a&do=days:remove:0"), "days", EMPTY)
    assert (read(values, "days"), focus) == ([], Focus())
