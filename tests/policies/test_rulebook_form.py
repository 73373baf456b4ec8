"""What is no rulebook is refused, all of it at once, with the place and with words that say what to do."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from policies.messages import LANGUAGES, names_in
from policies.registry import RULES
from policies.rulebook_form import default_rulebook, parse
from policies.rulebook_messages import MESSAGES
from policies.rulebook_reading import RulebookProblem


def problems(document: object) -> list[tuple[str, str]]:
    with pytest.raises(RulebookProblem) as refused:
        parse(document)
    for language in LANGUAGES:
        assert all(sentence and "{value}" not in sentence for _path, sentence in refused.value.said(language))
    return [(problem.path, problem.code.removeprefix("rulebook.")) for problem in refused.value.problems]


def of_a_rule(**given: Any) -> dict[str, Any]:
    return {"rules": {"links.cost": given}}


def overrides(*given: Any) -> dict[str, Any]:
    return of_a_rule(overrides=list(given))


@pytest.mark.parametrize(
    ("document", "path", "code"),
    [
        ([], "", "form"),
        (None, "", "form"),
        ({1, 2}, "", "form"),
        ({"a": float("nan")}, "", "form"),
        ({"templates": {"a": {"text": {"nl": "x" * 1_000_001}}}}, "", "too_large"),
        ({"rule": {}}, "rule", "key_unknown"),
        ({"rules": []}, "rules", "object"),
        ({"rules": {"links.costs": {}}}, "rules.links.costs", "rule_unknown"),
        ({"rules": {"links.cost": None}}, "rules.links.cost", "object"),
        (of_a_rule(host="a.nl"), "rules.links.cost.host", "key_unknown"),
        (of_a_rule(enabled=1), "rules.links.cost.enabled", "switch"),
        (of_a_rule(severity="deadly"), "rules.links.cost.severity", "choice"),
        (of_a_rule(overrides={}), "rules.links.cost.overrides", "list"),
        (overrides(*[{}] * 51), "rules.links.cost.overrides", "too_many"),
        (overrides({"enabled": False}), "rules.links.cost.overrides[0]", "missing"),
        (overrides({"enabled": False, "when": {}}), "rules.links.cost.overrides[0].when", "when_empty"),
        (overrides({"when": {"team": "a"}}), "rules.links.cost.overrides[0]", "override_empty"),
        (
            overrides({"when": {"teams": "a"}, "enabled": True}),
            "rules.links.cost.overrides[0].when.teams",
            "key_unknown",
        ),
        (overrides({"when": {"team": ""}, "enabled": True}), "rules.links.cost.overrides[0].when.team", "text"),
        (
            overrides({"when": {"network": "X"}, "enabled": True}),
            "rules.links.cost.overrides[0].when.network",
            "network",
        ),
        (
            overrides({"when": {"language": ["nl", "Dutch"]}, "enabled": True}),
            "rules.links.cost.overrides[0].when.language[1]",
            "language",
        ),
        (
            overrides({"when": {"visibility": "secret"}, "enabled": True}),
            "rules.links.cost.overrides[0].when.visibility",
            "choice",
        ),
        (
            overrides({"when": {"crisis_level": 0}, "enabled": True}),
            "rules.links.cost.overrides[0].when.crisis_level",
            "number",
        ),
        (
            overrides(
                {"when": {"network": ["x", "mastodon"]}, "enabled": True},
                {"when": {"network": ["bluesky", "x"]}, "enabled": False},
            ),
            "rules.links.cost.overrides[1].when",
            "override_twice",
        ),
        ({"rules": {"length.exceeded": {"enabled": False}}}, "rules.length.exceeded.enabled", "rule_fixed"),
        ({"rules": {"length.exceeded": {"severity": "warn"}}}, "rules.length.exceeded.severity", "rule_fixed"),
        ({"signature": {"format": "JK"}}, "signature.format", "signature_format"),
        ({"signature": {"format": 3}}, "signature.format", "signature_format"),
        ({"approval": {"due_minutes": True}}, "approval.due_minutes", "number"),
        ({"templates": []}, "templates", "object"),
        ({"templates": {"hello": {}}}, "templates.hello", "missing"),
        ({"templates": {"hello": {"text": "Hoi"}}}, "templates.hello.text", "object"),
        ({"templates": {"hello": {"text": {"nl": "Hoi {{naam}}"}}}}, "templates.hello.text.nl", "text.unknown"),
        ({"templates": {"hello": {"text": {"nl": "Hoi {{"}}}}, "templates.hello.text.nl", "text.open"),
        ({"templates": {"hello": {"text": {}}}}, "templates.hello.text", "object"),
        ({"templates": {"hello": {"text": {"nl": "a\ud83d"}}}}, "templates.hello.text.nl", "characters"),
        (
            {"templates": {"hello": {"text": {"nl": "a"}, "text_on": {"x": {"xx": "b"}}}}},
            "templates.hello.text_on.x.xx",
            "language",
        ),
        ({"templates": {"hello": {"text": {"nl": "a"}, "fallback": "en"}}}, "templates.hello.fallback", "fallback"),
        (
            {"templates": {"hello": {"text": {"nl": "a"}, "variables": [{"name": "Y"}]}}},
            "templates.hello.variables[0].name",
            "variable.name",
        ),
        (
            {"templates": {"hello": {"text": {"nl": "a"}, "actions": [{"do": "fly", "value": "x"}]}}},
            "templates.hello.actions[0]",
            "actions.one",
        ),
        (
            {"templates": {"hello": {"text": {"nl": "a"}, "actions": [{"do": "team", "value": 3}]}}},
            "templates.hello.actions[0].value",
            "text",
        ),
        (
            {"templates": {"hello": {"text": {"nl": "a"}, "when": {"language": "nl"}}}},
            "templates.hello.when.language",
            "key_unknown",
        ),
        (
            {"templates": {"hello": {"text": {"nl": "a"}, "expires_on": "2026-13-01"}}},
            "templates.hello.expires_on",
            "date",
        ),
        ({"templates": {"hello": {"text": {"nl": "a"}, "kind": "statement"}}}, "templates.hello.kind", "choice"),
        ({"templates": {"say hello": {"text": {"nl": "a"}}}}, "templates.say hello", "shortcut"),
        ({"examples": [{"text": "Hoi"}]}, "examples[0]", "missing"),
        ({"examples": [{"text": "a\x00", "findings": []}]}, "examples[0].text", "characters"),
        ({"templates": {"a\ud83d": {"text": {"nl": "Hoi"}}}}, "templates.a?", "shortcut"),
        ({"examples": [{"text": "Hoi", "findings": ["links.costs"]}]}, "examples[0].findings[0]", "choice"),
        ({"examples": [{"text": "Hoi", "findings": [], "complaint": "yes"}]}, "examples[0].complaint", "switch"),
    ],
)
def test_refused(document: object, path: str, code: str) -> None:
    assert (path, code) in problems(document)


def test_everything_wrong_is_said_at_once() -> None:
    document = {"rules": {"links.cost": {"enabled": "no", "severity": 3}}, "signature": {"format": ""}, "more": 1}
    assert [path for path, _code in problems(document)] == [
        "more",
        "rules.links.cost.enabled",
        "rules.links.cost.severity",
        "signature.format",
    ]


def test_what_was_written_comes_back_whole_and_means_the_same() -> None:
    document: dict[str, Any] = {
        "rules": {"links.cost": {"severity": "block", "overrides": [{"when": {"network": "x"}, "enabled": False}]}},
        "signature": {"format": "~ {initials}"},
        "templates": {
            "hello": {"text": {"nl": "Hoi {{customer}}"}, "when": {"visibility": "public"}},
            "storing": {
                "name": "Storing",
                "kind": "holding_statement",
                "text": {"nl": "Op {{dag}} rijden we weer.", "en": "We run again on {{dag}}."},
                "text_on": {"x": {"nl": "{{dag}} weer treinen."}},
                "fallback": "en",
                "variables": [{"name": "dag", "type": "date", "required": True}],
                "actions": [{"do": "team", "value": "Webcare"}, {"do": "tag", "value": "storing"}],
                "when": {"team": "Webcare", "network": ["x", "facebook_page"]},
                "inboxes": ["Vlotlijn"],
                "expires_on": "2026-12-31",
            },
        },
        "examples": [{"text": "Kijk op a.nl", "network": "x", "roles": ["trainee"], "findings": ["links.cost"]}],
    }
    rulebook = parse(document)
    again = parse(json.loads(json.dumps(rulebook.document)))
    assert again == rulebook
    assert rulebook != default_rulebook()
    assert set(rulebook.document["rules"]) == {rule.code for rule in RULES}
    assert rulebook.document["examples"] == document["examples"]
    hello, storing = rulebook.document["templates"].values()
    assert hello == {**document["templates"]["hello"], "name": "hello", "kind": "response", "fallback": "nl"}
    assert {name: value for name, value in storing.items() if name not in ("variables", "actions")} == {
        name: value for name, value in document["templates"]["storing"].items() if name not in ("variables", "actions")
    }
    assert [one["value"] for one in storing["actions"]] == ["storing", "Webcare"], "as they are done"
    assert storing["variables"][0]["type"] == "date"


def test_a_rulebook_lives_in_a_repository_as_yaml() -> None:
    whole = default_rulebook()
    assert parse(yaml.safe_load(yaml.safe_dump(dict(whole.document), allow_unicode=True))) == whole
    written = """
      rules:
        links.not_allowed:
          hosts: [vlotlijn.nl]
          overrides:
            - {when: {language: nl, crisis_level: 2}, hosts: [vlotlijn.nl, ns.nl], severity: approve}
    """
    settings = parse(yaml.safe_load(written)).rules["links.not_allowed"]
    assert "www.vlotlijn.nl" in settings.options["hosts"]
    assert "ns.nl" in settings.overrides[0].options["hosts"]


@pytest.mark.parametrize(
    ("code", "option", "value", "place", "problem"),
    [
        ("links.not_allowed", "hosts", "a.nl", "", "list"),
        ("links.not_allowed", "hosts", ["a.nl", "b.nl", "https://c.nl"], "[2]", "host"),
        ("links.not_allowed", "hosts", ["a.nl", "A.nl"], "[1]", "twice"),
        ("links.not_allowed", "hosts", ["a.nl"] * 1_001, "", "too_many"),
        ("links.not_allowed", "hosts", [3], "[0]", "text"),
        ("phrases.banned", "phrases", ["...!"], "[0]", "phrase"),
        ("phrases.banned", "phrases", ["a\x00b"], "[0]", "characters"),
        ("mentions.third_party", "handles", ["a\ud83d"], "[0]", "characters"),
        ("phrases.banned", "phrases", [""], "[0]", "text"),
        ("personal_data.reference", "patterns", [r"\d+"], "[0]", "pattern_unbounded"),
        ("personal_data.reference", "patterns", [r"\d{2}"], "[0]", "pattern_size"),
        ("personal_data.reference", "patterns", ["(a?){40}"], "[0]", "pattern_ways"),
        ("personal_data.reference", "patterns", ["(?=a)b"], "[0]", "pattern_syntax"),
        ("text.repeated", "times", 0, "", "number"),
        ("text.repeated", "times", True, "", "number"),
        ("text.repeated", "similar_percent", 101, "", "number"),
    ],
)
def test_options_are_refused_with_their_place(code: str, option: str, value: Any, place: str, problem: str) -> None:
    assert problems({"rules": {code: {option: value}}}) == [(f"rules.{code}.{option}{place}", problem)]
    override = {"when": {"team": "a"}, option: value}
    assert problems({"rules": {code: {"overrides": [override]}}}) == [
        (f"rules.{code}.overrides[0].{option}{place}", problem)
    ]


def test_every_option_describes_itself_and_reads_its_own_default() -> None:
    for rule in RULES:
        for option in rule.options:
            described = json.loads(json.dumps(option.as_json()))
            assert set(described["help"]) == set(LANGUAGES)
            assert described["kind"] in {"number", "names", "hosts", "phrases", "patterns"}
            assert parse({"rules": {rule.code: {option.name: option.default}}}) == default_rulebook()


def test_every_message_has_the_same_names_in_both_languages() -> None:
    for code, versions in MESSAGES.items():
        assert names_in(versions["en"]) == names_in(versions["nl"]), code


plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["rules", "links.cost", "when", "overrides", "enabled", "examples", "text", "x", "templates"]
            ),
            below,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(plain_values)
def test_any_document_is_read_or_refused(document: object) -> None:
    try:
        rulebook = parse(document)
    except RulebookProblem as refused:
        said = refused.said("nl")
    else:
        assert parse(rulebook.document) == rulebook
        return
    assert said
    assert all(sentence for _path, sentence in said)
