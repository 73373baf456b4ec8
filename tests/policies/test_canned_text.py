"""The small language of canned responses."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.canned_problems import MESSAGES, CannedFault
from policies.canned_text import read

VALUES = {"customer": "Marit", "reference": "VL-1", "empty": " "}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hoi {{customer}}!", "Hoi Marit!"),
        ("Hoi {{ customer }}!", "Hoi Marit!"),
        ("{{#if reference}}Dossier {{reference}}.{{/if}}", "Dossier VL-1."),
        ("{{#if empty}}nooit{{else}}Hoi {{customer}}{{/if}}", "Hoi Marit"),
        ("{{#if missing}}nooit{{/if}}klaar", "klaar"),
        ("{{#if customer}}a{{/if}}{{#if customer}}b{{/if}}", "ab"),
        ("{{missing}}", ""),
        ("een { los haakje } en {0} en 100%s {nu}?".replace("{nu}", ""), "een { los haakje } en {0} en 100%s ?"),
        ("", ""),
    ],
)
def test_what_a_text_says(text: str, filled: str) -> None:
    found, faults = read(text)
    assert (found.fill(VALUES), faults) == (filled, ())


@pytest.mark.parametrize("value", ["{{customer}}", "{{#if x}}", "{0}", "%s", "{{/if}}", "\\1"])
def test_a_value_is_never_read_as_the_language(value: str) -> None:
    found, _faults = read("a {{x}} {{#if x}}{{x}}{{/if}}")
    assert found.fill({"x": value}) == f"a {value} {value}"


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("Hoi {{customer", "open", 1, 5),
        ("Hoi\n\n  {{{customer}}", "open", 3, 3),
        ("Hoi customer}}", "close", 1, 13),
        ("Hoi {customer}", "one_brace", 1, 5),
        ("Hoi {{Customer}}", "tag", 1, 5),
        ("Hoi {{customer.name}}", "tag", 1, 5),
        ("{{}}", "tag", 1, 1),
        ("{{if}}", "tag", 1, 1),
        ("{{#each a}}", "tag", 1, 1),
        ("{{#if A}}x{{/if}}", "tag", 1, 1),
        ("{{#if a}}{{#if b}}x{{/if}}", "nested", 1, 10),
        ("{{else}}", "else", 1, 1),
        ("{{#if a}}x{{else}}y{{else}}z{{/if}}", "else", 1, 20),
        ("{{/if}}", "end", 1, 1),
        ("a\n{{#if a}}x", "if_open", 2, 1),
    ],
)
def test_what_can_not_be_read_is_named_with_its_place(text: str, code: str, line: int, column: int) -> None:
    _found, (fault, *_more) = read(text)
    assert (fault.code, fault.place(text)) == (code, {"line": line, "column": column})
    said = CannedFault("texts.0.text", f"text.{fault.code}", {**fault.params, **fault.place(text)})
    assert said.said("en").startswith(f"Line {line}, character {column}: ")
    assert said.said("nl").startswith(f"Regel {line}, teken {column}: ")


def test_every_fault_is_found_at_once() -> None:
    _found, faults = read("{{A}} {b} {{/if}} {{#if c}}")
    assert [fault.code for fault in faults] == ["tag", "one_brace", "end", "if_open"]


def test_the_names_are_those_of_conditions_too_and_come_once() -> None:
    found, _faults = read("{{b}}{{#if a}}{{c}}{{else}}{{b}}{{/if}}")
    assert found.names == ("b", "a", "c")


def test_the_longest_takes_the_longer_half_of_each_condition() -> None:
    found, _faults = read("{{#if a}}kort{{else}}veel langer{{/if}} {{#if a}}een lange zin{{else}}nee{{/if}}")
    assert found.longest({"a": "x"}, len) == "veel langer een lange zin"


@given(st.text(alphabet="{}#/ifelse ab\n"), st.dictionaries(st.sampled_from(["a", "b", "if"]), st.text()))
def test_any_text_can_be_read_and_what_is_filled_in_is_never_longer_than_the_longest(
    text: str, values: dict[str, str]
) -> None:
    found, faults = read(text)
    assert all(0 <= fault.at < len(text) for fault in faults)
    assert len(found.fill(values)) <= len(found.longest(values, len))


@pytest.mark.parametrize("piece", ["{{", "}}", "{{a}}", "{{#if a}}", "{a}", "{{#if a}}x{{/if}}", "{", "{{" + " " * 50])
def test_a_hundred_thousand_characters_are_read_in_no_time(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    began = time.process_time()
    found, _faults = read(text)
    found.fill({"a": "x"})
    assert time.process_time() - began < 2


def test_every_message_is_there_in_both_languages() -> None:
    assert all(set(versions) == {"en", "nl"} for versions in MESSAGES.values())
