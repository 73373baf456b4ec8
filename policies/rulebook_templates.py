"""The templates of a rulebook: canned responses that a version brings along and puts on offer when it is switched on.

In a document everything has a name and no number, so that it can move from one desk to another.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import regex

from policies.canned_actions import MOST as MOST_ACTIONS
from policies.canned_actions import Do, Staged
from policies.canned_actions import parse as parse_actions
from policies.canned_form import MOST_VARIABLES, Definition, parse
from policies.canned_problems import CannedFault, CannedRefused
from policies.facts import Visibility
from policies.form_problems import shown
from policies.rulebook_reading import Reading, within
from policies.template_files import TemplateFile, read_files
from policies.text_safety import store_safe

KINDS = ("response", "holding_statement")
STAGES = ("investigating", "identified", "monitoring", "resolved")  # of a holding statement
MOST, MOST_INBOXES, LONGEST_SCENARIO = 1_000, 500, 60
_KEYS = (
    "name", "kind", "scenario", "stage", "text", "text_on", "fallback", "variables", "actions", "when",
    "inboxes", "expires_on", "review_on", "files",
)  # fmt: skip
_WHEN = ("team", "network", "visibility")
_SHORTCUT = regex.compile(r"[-a-zA-Z0-9_]{1,30}")
_DATE = regex.compile(r"\d{4}-\d{2}-\d{2}")
_SOME_TEAM = "1"  # stands for a team's name where the form of actions wants its number
_NO_TEXT = parse([{"language": "nl", "text": "-"}], "nl", [], [])


@dataclass(frozen=True, slots=True)
class Template:
    """One canned response. Teams, inboxes and networks by their names; empty ones: all of them."""

    key: str  # its shortcut
    name: str
    kind: str
    definition: Definition
    actions: tuple[Staged, ...]
    team: str = ""
    networks: tuple[str, ...] = ()
    visibility: str = ""
    inboxes: tuple[str, ...] = ()
    expires_on: date | None = None
    review_on: date | None = None
    scenario: str = ""
    stage: str = ""
    files: tuple[TemplateFile, ...] = ()

    def as_form(self) -> dict[str, Any]:
        """As a document writes it, without what is empty."""
        text: dict[str, str] = {}
        text_on: dict[str, dict[str, str]] = {}
        for one in self.definition.variants:
            (text_on.setdefault(one.network, {}) if one.network else text)[one.language] = one.source
        networks = list(self.networks) if len(self.networks) > 1 else "".join(self.networks)
        where = {"team": self.team, "network": networks, "visibility": self.visibility}
        form = {
            "name": self.name,
            "kind": self.kind,
            "scenario": self.scenario,
            "stage": self.stage,
            "text": text,
            "text_on": text_on,
            "fallback": self.definition.fallback,
            "variables": self.definition.variables_form(),
            "actions": [one.as_json() for one in self.actions],
            "when": {dimension: value for dimension, value in where.items() if value},
            "inboxes": list(self.inboxes),
            "expires_on": self.expires_on.isoformat() if self.expires_on else "",
            "review_on": self.review_on.isoformat() if self.review_on else "",
            "files": [one.as_form() for one in self.files],
        }
        return {name: value for name, value in form.items() if value}


def read_templates(reading: Reading, given: Any) -> Iterator[Template]:
    """Each in the order of the document; what is wrong with one is noted at its path."""
    if not isinstance(given, Mapping):
        reading.wrong("templates", "object", value=shown(given))
        return
    if len(given) > MOST:
        reading.wrong("templates", "too_many", number=len(given), most=MOST)
        return
    for key, template in given.items():
        path = within("templates", key)
        if not isinstance(key, str) or not _SHORTCUT.fullmatch(key):
            reading.wrong(path, "shortcut", value=shown(key))
        yield _template(reading, path, str(key), template)


def _template(reading: Reading, path: str, key: str, given: Any) -> Template:
    form = reading.object(path, given, _KEYS)
    if "text" not in form:
        reading.wrong(path, "missing", key="text")
    elif form["text"] == {}:
        reading.wrong(f"{path}.text", "object", value="{}")
    return Template(
        key,
        reading.name(f"{path}.name", form.get("name", key)),
        reading.choice(f"{path}.kind", form.get("kind", KINDS[0]), KINDS),
        _definition(reading, path, form),
        _actions(reading, f"{path}.actions", form.get("actions", [])),
        **_where(reading, f"{path}.when", form.get("when", {})),
        inboxes=_names(reading, f"{path}.inboxes", form.get("inboxes", [])),
        expires_on=_date(reading, f"{path}.expires_on", form.get("expires_on")),
        review_on=_date(reading, f"{path}.review_on", form.get("review_on")),
        scenario=reading.text(f"{path}.scenario", form.get("scenario", ""), LONGEST_SCENARIO, least=0),
        stage=reading.choice(f"{path}.stage", form["stage"], STAGES) if "stage" in form else "",
        files=tuple(read_files(reading, f"{path}.files", form.get("files", []))),
    )


def _definition(reading: Reading, path: str, form: Mapping[str, Any]) -> Definition:
    """What it says, read as canned responses are, each problem at its place in the document."""
    texts, places = [], []
    by_network = {"": form.get("text", {}), **reading.object_of(f"{path}.text_on", form.get("text_on", {}))}
    for network, by_language in by_network.items():
        place = f"{path}.text_on.{shown(network)}" if network else f"{path}.text"
        for language, text in reading.object_of(place, by_language).items():
            if network:
                reading.network(place, network)
            texts.append({"language": language, "network": network, "text": text})
            places.append(within(place, language))
            if isinstance(text, str) and store_safe(text) != text:
                reading.wrong(places[-1], "characters", value=shown(store_safe(text)))
    if not places:
        return _NO_TEXT
    variables = reading.list(f"{path}.variables", form.get("variables", []), MOST_VARIABLES, '[{"name": "day"}]')
    try:
        return parse(texts, form.get("fallback", texts[0]["language"]), variables, [one["network"] for one in texts])
    except CannedRefused as refused:
        reading.problems += (
            CannedFault(_place(path, places, fault.path), fault.code, fault.params) for fault in refused.problems
        )
        return _NO_TEXT


def _place(path: str, places: list[str], below: str) -> str:
    """`texts.1.text` of a canned response in the words of the document, `variables.0.name` as a path of it."""
    head, _dot, rest = below.partition(".")
    number, _dot, last = rest.partition(".")
    if head == "texts":
        return places[int(number)] if number else f"{path}.text"
    return f"{path}.{head}[{number}]{'.' if last else ''}{last}" if number else f"{path}.{head}"


def _actions(reading: Reading, path: str, given: Any) -> tuple[Staged, ...]:
    rows = reading.list(path, given, MOST_ACTIONS, '[{"do": "tag", "value": "refund"}]')
    named = [
        reading.name(f"{path}[{place}].value", row.get("value"))
        for place, row in enumerate(rows)
        if isinstance(row, Mapping) and row.get("do") == Do.TEAM
    ]
    numbered = [
        {**row, "value": _SOME_TEAM} if isinstance(row, Mapping) and row.get("do") == Do.TEAM else row for row in rows
    ]
    try:
        read = parse_actions(numbered)
    except CannedRefused as refused:
        reading.problems += (
            CannedFault(path + "".join(f"[{one}]" for one in fault.path.split(".")[1:]), fault.code, fault.params)
            for fault in refused.problems
        )
        return ()
    return tuple(Staged(one.do, named[0]) if one.do is Do.TEAM else one for one in read)


def _where(reading: Reading, path: str, given: Any) -> dict[str, Any]:
    """A canned response is for everybody or one team, for all networks or some, for both ways to answer or one."""
    form = reading.object(path, given, _WHEN)
    networks = form.get("network", [])
    several = reading.list(f"{path}.network", networks if isinstance(networks, list) else [networks], 50, '["x"]')
    return {
        "team": reading.name(f"{path}.team", form["team"]) if "team" in form else "",
        "networks": tuple(reading.network(f"{path}.network", one) for one in several),
        "visibility": reading.choice(f"{path}.visibility", form["visibility"], tuple(map(str, Visibility)))
        if "visibility" in form
        else "",
    }


def _names(reading: Reading, path: str, given: Any) -> tuple[str, ...]:
    entries = reading.list(path, given, MOST_INBOXES, '["Webcare on X"]')
    return tuple(reading.name(f"{path}[{place}]", entry) for place, entry in enumerate(entries))


def _date(reading: Reading, path: str, given: Any) -> date | None:
    if given is None:
        return None
    if isinstance(given, str) and _DATE.fullmatch(given):
        try:
            return date.fromisoformat(given)
        except ValueError:
            pass
    reading.wrong(path, "date", value=shown(given))
    return None
