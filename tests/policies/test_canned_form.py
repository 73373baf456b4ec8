"""What a canned response says, how its variables are written, and how long it can become."""

from typing import Any

import pytest

from policies.canned_form import Definition, parse
from policies.canned_lengths import Place, fits
from policies.canned_problems import CannedRefused
from policies.canned_variables import Type, Variable, cleaned, value_faults, written_values
from policies.facts import Limit
from policies.opening_words import opening_words

NETWORKS = ("x", "facebook_page", "bluesky")


def a_definition(texts: Any, fallback: Any = "nl", variables: Any = ()) -> Definition:
    return parse(texts, fallback, variables, NETWORKS)


def text(words: Any = "Hoi", language: Any = "nl", **more: Any) -> dict[str, Any]:
    return {"language": language, "text": words, **more}


def variable(name: Any = "line", **more: Any) -> dict[str, Any]:
    return {"name": name, **more}


@pytest.mark.parametrize(
    ("language", "network", "source", "fell_back"),
    [
        ("nl", "facebook_page", "Hoi", False),
        ("nl", "x", "Hoi op X", False),
        ("en", "x", "Hi", False),
        ("de", "x", "Hoi op X", True),
        ("de", "bluesky", "Hoi", True),
        ("", "bluesky", "Hoi", True),
    ],
)
def test_a_customer_gets_the_text_of_their_language_and_network_or_the_marked_fallback(
    language: str, network: str, source: str, fell_back: bool
) -> None:
    definition = a_definition([text("Hoi"), text("Hoi op X", network="x"), text("Hi", "en")])
    chosen = definition.choose(language, network)
    assert (chosen.variant.source, chosen.fell_back) == (source, fell_back)


@pytest.mark.parametrize(
    ("texts", "fallback", "variables", "path", "code"),
    [
        ("Hoi", "nl", [], "texts", "list"),
        ([], "nl", [], "texts", "texts.none"),
        ([text()] * 41, "nl", [], "texts", "texts.many"),
        (["Hoi"], "nl", [], "texts.0", "object"),
        ([text(words="")], "nl", [], "texts.0.text", "text.length"),
        ([text(words="x" * 5_001)], "nl", [], "texts.0.text", "text.length"),
        ([text(words="a\0b")], "nl", [], "texts.0.text", "text.length"),
        ([text(words=3)], "nl", [], "texts.0.text", "text.length"),
        ([text("Hoi {{naam}}")], "nl", [], "texts.0.text", "text.unknown"),
        ([text("Hoi {{customer")], "nl", [], "texts.0.text", "text.open"),
        ([text(language="xx")], "nl", [], "texts.0.language", "language"),
        ([text(network="myspace")], "nl", [], "texts.0.network", "network"),
        ([text(colour="red")], "nl", [], "texts.0", "key"),
        ([text(), text()], "nl", [], "texts.1.language", "texts.twice"),
        ([text()], "en", [], "fallback", "fallback"),
        ([text(network="x")], "nl", [], "fallback", "fallback"),
        ([text()], None, [], "fallback", "language"),
        ([text()], "nl", {}, "variables", "list"),
        ([text()], "nl", [variable()] * 21, "variables", "variables.many"),
        ([text()], "nl", [variable("Naam")], "variables.0.name", "variable.name"),
        ([text()], "nl", [variable("if")], "variables.0.name", "variable.name"),
        ([text()], "nl", [variable(), variable()], "variables.1.name", "variable.twice"),
        ([text()], "nl", [variable(type="colour")], "variables.0.type", "variable.type"),
        ([text()], "nl", [variable("agent", type="number")], "variables.0.type", "variable.built_in"),
        ([text()], "nl", [variable(label="a\nb")], "variables.0.label", "string"),
        ([text()], "nl", [variable(required="yes")], "variables.0.required", "switch"),
        ([text()], "nl", [variable(type="choice")], "variables.0.choices", "variable.choices"),
        ([text()], "nl", [variable(type="choice", choices=["a", "a"])], "variables.0.choices", "variable.choices"),
        ([text()], "nl", [variable(type="choice", choices="ab")], "variables.0.choices", "variable.choices"),
        ([text()], "nl", [variable(choices=["a", "b"])], "variables.0.choices", "variable.no_choices"),
        ([text()], "nl", [variable(longest=0)], "variables.0.longest", "variable.longest"),
        ([text()], "nl", [variable(longest=3, default="abcd")], "variables.0.default", "value.long"),
        ([text()], "nl", [variable(type="number", default="1.000.000")], "variables.0.default", "value.number"),
        ([text()], "nl", [variable(type="date", default="2026-02-30")], "variables.0.default", "value.date"),
        (
            [text()], "nl", [variable(type="choice", choices=["a", "b"], default="c")],
            "variables.0.default", "value.choice",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_path(texts: Any, fallback: Any, variables: Any, path: str, code: str) -> None:
    with pytest.raises(CannedRefused) as refused:
        a_definition(texts, fallback, variables)
    assert (path, code) in [(fault.path, fault.code) for fault in refused.value.problems]
    for language in ("en", "nl"):
        assert all(sentence for _path, sentence in refused.value.said(language))


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(CannedRefused) as refused:
        a_definition([text("{{a}}"), text("{{", "en")], "de", [variable("B")])
    assert len(refused.value.problems) == 3


def test_what_is_kept_reads_as_the_same_again() -> None:
    variables = [variable(type="choice", choices=["a", "b"], required=True, label="Lijn")]
    one = a_definition([text("{{line}}"), text("x", "en", network="x")], "nl", variables)
    assert parse(one.texts_form(), one.fallback, one.variables_form(), NETWORKS) == one


LINE = Variable("line", Type.TEXT, default="de trein")
DAY = Variable("day", Type.DATE, required=True)
PRICE = Variable("price", Type.NUMBER)
KIND = Variable("kind", Type.CHOICE, choices=("trein", "bus"), required=True, default="bus")
REFERENCE = Variable("reference", required=True)


@pytest.mark.parametrize(
    ("variable", "value", "language", "written"),
    [
        (DAY, "2026-03-01", "nl", "1 maart 2026"),
        (DAY, "2026-03-01", "en", "1 March 2026"),
        (DAY, "2026-03-01", "de", "1. März 2026"),
        (DAY, "2026-03-01", "fr", "1 mars 2026"),
        (PRICE, "12.50", "nl", "12,50"),
        (PRICE, "12,50", "en", "12.50"),
        (PRICE, "-3", "de", "-3"),
        (KIND, "trein", "nl", "trein"),
    ],
)
def test_how_a_value_is_written(variable: Variable, value: str, language: str, written: str) -> None:
    assert variable.problem(value, "") is None
    assert variable.written(value, language) == written


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        (PRICE, "1.000"),
        (PRICE, "1e3"),
        (PRICE, "x"),
        (DAY, "1-3-2026"),
        (DAY, "2026-13-01"),
        (KIND, "taxi"),
        (LINE, "x" * 41),
    ],
)
def test_a_value_of_another_kind_is_refused(variable: Variable, value: str) -> None:
    assert variable.problem(value, "a") is not None


def test_what_the_agent_gives_comes_before_what_is_known_and_that_before_the_default() -> None:
    known = {"customer": "Marit", "line": "lijn 3"}
    variables = {"line": LINE}
    assert written_values(variables, {"line": "lijn 4"}, known, "nl")["line"] == "lijn 4"
    assert written_values(variables, {}, known, "nl")["line"] == "lijn 3"
    assert written_values(variables, {}, {}, "nl")["line"] == "de trein"
    assert written_values(variables, {}, known, "nl")["customer"] == "Marit"


def test_only_what_is_required_and_not_known_must_be_asked() -> None:
    variables = {one.name: one for one in (LINE, DAY, PRICE, KIND, REFERENCE)}
    faults = value_faults(variables, tuple(variables), {}, {})
    assert [(fault.path, fault.code) for fault in faults] == [("day", "value.missing"), ("reference", "value.missing")]
    assert value_faults(variables, ("line",), {}, {}) == (), "what the text does not use is not asked"
    assert value_faults(variables, tuple(variables), {"day": "2026-03-01"}, {"reference": "VL-1"}) == ()
    assert [fault.code for fault in value_faults(variables, (), {"x": "1"}, {})] == ["value.unknown"]


def test_a_value_is_brought_on_one_line() -> None:
    assert cleaned(" a\r\n b\x00\u202e c ") == "a b c"


def test_lengths_count_the_longest_values_the_longer_half_and_the_signature() -> None:
    variables = [
        variable("line", longest=10),
        variable("day", type="date"),
        variable("kind", type="choice", choices=["bus", "stoptrein"]),
    ]
    definition = a_definition([text("{{line}} {{day}} {{kind}}{{#if line}}!{{else}}...{{/if}}")], "nl", variables)
    place = Place("x", "public", Limit(280, "weighted"))
    (fit,) = fits(definition, [place], {}, "^WWWW")
    words = "m" * 10 + " 28 september 2026".replace("2026", "2000") + " stoptrein" + "..."
    assert fit.length.used == len(words) + len(" ^WWWW")
    assert not fit.too_long


def test_a_text_that_is_too_long_somewhere_is_told_apart_from_its_variant() -> None:
    definition = a_definition([text("x" * 400), text("kort", network="x"), text("y" * 100, "en")])
    places = [
        Place("x", "public", Limit(280)),
        Place("bluesky", "public", Limit(300)),
        Place("x", "private", Limit(1000)),
    ]
    found = {(one.language, one.network, one.visibility): one.too_long for one in fits(definition, places, {}, "")}
    assert [place for place, long in found.items() if long] == [("nl", "bluesky", "public")]
    assert len(found) == 6


def test_what_the_desk_fills_in_counts_at_its_longest() -> None:
    definition = a_definition([text("{{customer}}{{opening_hours}}")])
    (fit,) = fits(
        definition, [Place("x", "public", Limit(20))], {"nl": {"customer": "m" * 15, "opening_hours": "m" * 9}}, ""
    )
    assert (fit.length.used, fit.too_long) == (24, True)


WEEKDAY = ((540, 1050),)


@pytest.mark.parametrize(
    ("week", "language", "words"),
    [
        ((WEEKDAY,) * 5 + ((), ()), "nl", "ma t/m vr 9:00–17:30"),
        ((WEEKDAY,) * 5 + (((600, 960),), ()), "en", "Mon–Fri 9:00–17:30, Sat 10:00–16:00"),
        ((WEEKDAY, WEEKDAY, (), WEEKDAY, (), (), ()), "nl", "ma, di 9:00–17:30, do 9:00–17:30"),
        ((((540, 750), (780, 1050)),) + ((),) * 6, "nl", "ma 9:00–12:30, 13:00–17:30"),
        ((((1320, 1800),),) * 7, "nl", "elke dag 22:00–6:00"),
        ((((0, 1440),),) * 7, "de", "rund um die Uhr"),
        ((((0, 1440),),) * 2 + ((),) * 5, "xx", "Mon, Tue 0:00–24:00"),
        (((),) * 7, "nl", ""),
    ],
)
def test_opening_hours_in_words(week: Any, language: str, words: str) -> None:
    assert opening_words(week, language) == words
