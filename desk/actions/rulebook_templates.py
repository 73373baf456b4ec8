"""The templates of a rulebook version: canned responses that it puts on offer when it is switched on.

A version brings them once. What colleagues change afterwards is theirs: neither a draft that begins from it nor the way
back to it brings them again. So one document can hold rules and words in a repository, reviewed together, and
the desk stays the one place that knows what is on offer: the document of the active version is exported with that.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from desk.actions.canned import activate_canned, change_canned, create_canned, inbox_ids_of
from desk.actions.canned_check import CannedBlocked, Checking
from desk.common.errors import DeskError, Invalid
from desk.inboxes.gateway import all_networks
from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from desk.replies.models import CannedResponse
from desk.rulebooks.models import RulebookVersion, document_of
from policies.canned_actions import Do, Staged
from policies.canned_actions import parse as parse_actions
from policies.canned_check import Objection
from policies.canned_states import State
from policies.rulebook import Rulebook
from policies.rulebook_states import State as VersionState
from policies.rulebook_templates import Template

KEY = "templates"


class TemplateRefused(DeskError):
    """A template of the version can't be put on offer, so that the version can't be switched on."""

    status = 422
    code = "blocked_by_policy"

    def __init__(self, key: str, refused: DeskError) -> None:
        words = _("The template “%(key)s” can't be put on offer under this version: %(why)s")
        said = {f"{KEY}.{key}.{path}": sentences for path, sentences in refused.errors.items()}
        why = refused.message
        if isinstance(refused, CannedBlocked):
            why = " ".join(dict.fromkeys(one.message for one in refused.objections))
        super().__init__(words % {"key": key, "why": why}, errors=said)


@dataclass(frozen=True, slots=True)
class Brought:
    """A template as it would come: `known` is the canned response of that shortcut, None for a new one."""

    template: Template
    known: CannedResponse | None
    objections: tuple[Objection, ...]  # that keep the version from being switched on


class _Names:
    """The teams and inboxes of the desk by their names; read once for however many templates, where there are any."""

    def __init__(self, templates: Iterable[Template]) -> None:
        self.templates = list(templates)
        self.teams: dict[str, int] = dict(Team.objects.values_list("name", "pk")) if self.templates else {}
        self.inboxes: dict[str, list[int]] = {}
        for name, pk in Inbox.objects.values_list("name", "pk") if self.templates else ():
            self.inboxes.setdefault(name, []).append(pk)

    def values_of(self, one: Template) -> dict[str, Any]:
        """As the verbs of canned responses take it."""
        return {
            "name": one.name,
            "shortcut": one.key,
            "kind": one.kind,
            "texts": one.definition.texts_form(),
            "fallback": one.definition.fallback,
            "variables": one.definition.variables_form(),
            "actions": [self._numbered(action).as_json() for action in one.actions],
            "team_id": self.teams[one.team] if one.team else None,
            "visibility": one.visibility,
            "networks": list(one.networks),
            "inbox_ids": sorted(pk for name in one.inboxes for pk in self.inboxes[name]),
            "expires_on": one.expires_on,
            "review_on": one.review_on,
        }

    def _numbered(self, action: Staged) -> Staged:
        return Staged(action.do, str(self.teams[action.value])) if action.do is Do.TEAM else action

    def gone(self) -> Iterator[tuple[str, str]]:
        """What the templates name and the desk does not have, each with its path."""
        networks = {network.slug for network in all_networks()}
        for one in self.templates:
            path = f"{KEY}.{one.key}"
            teams = {one.team} | {action.value for action in one.actions if action.do is Do.TEAM}
            if lost := sorted(teams - {""} - set(self.teams)):
                yield path, _("There is no such team: %(values)s.") % {"values": ", ".join(lost)}
            used = {*one.networks, *(variant.network for variant in one.definition.variants)} - {""}
            if lost := sorted(used - networks):
                yield path, _("There is no such network: %(values)s.") % {"values": ", ".join(lost)}
            if lost := sorted(set(one.inboxes) - set(self.inboxes)):
                yield path, _("There is no such inbox: %(values)s.") % {"values": ", ".join(lost)}


def refuse_what_is_gone(rulebook: Rulebook) -> None:
    """Raises Invalid where the templates name what the desk does not have."""
    errors: dict[str, list[str]] = {}
    for path, sentence in _Names(rulebook.templates).gone():
        errors.setdefault(path, []).append(sentence)
    if errors:
        raise Invalid(_("This rulebook can't be used yet. See what is marked."), errors=errors)


def bring(by: User, version: RulebookVersion) -> None:
    """Put them on offer, in the transaction in which somebody switches the version on. Raises TemplateRefused."""
    names = _Names(version.rulebook().templates)
    for template in names.templates:
        try:
            _bring_one(by, names.values_of(template), version.author_id)
        except DeskError as refused:
            raise TemplateRefused(template.key, refused) from None


def brought(rulebook: Rulebook) -> list[Brought]:
    """What a version brings: new ones, and those whose words or places are others than on the desk."""
    names = _Names(rulebook.templates)
    if any(names.gone()):
        return []  # it can't be switched on before they are there
    known = _known(names.templates)
    checking = Checking(rulebook) if names.templates else None
    found = []
    for template in names.templates:
        values, there = names.values_of(template), known.get(template.key)
        if checking is None or (there is not None and _same(there, values)):
            continue
        inbox_ids = values.pop("inbox_ids")
        team = Team(pk=values["team_id"], name=template.team) if template.team else None
        blocking = checking.blocking(CannedResponse(**values | {"team": team}), inbox_ids)
        found.append(Brought(template, there, tuple(blocking)))
    return found


def without_templates(document: Mapping[str, Any]) -> dict[str, Any]:
    """What another version begins with: the templates of this one were brought when it was switched on."""
    return {**document, KEY: {}}


def exported(version: RulebookVersion) -> dict[str, Any]:
    """The document of a version for a file; of the active one with the canned responses that are on offer now."""
    document = document_of(version.rulebook())
    return {**document, KEY: _on_offer()} if version.state == VersionState.ACTIVE else document


def _bring_one(by: User, values: dict[str, Any], owner_id: int | None) -> None:
    there = _known_by(values["shortcut"])
    if there is None:
        activate_canned(by, create_canned(by, owner_id=owner_id, **values).pk)
        return
    if not _same(there, values):
        change_canned(by, there.pk, **values)
    if there.state != State.ACTIVE:
        activate_canned(by, there.pk)


def _known_by(shortcut: str) -> CannedResponse | None:
    return CannedResponse.objects.filter(shortcut=shortcut).first()


def _known(templates: Iterable[Template]) -> dict[str, CannedResponse]:
    rows = CannedResponse.objects.filter(shortcut__in=[one.key for one in templates]).prefetch_related("inboxes")
    return {one.shortcut: one for one in rows}


def _same(there: CannedResponse, values: Mapping[str, Any]) -> bool:
    """Whether it is on offer just like this."""
    columns = [name for name in values if name not in ("texts", "inbox_ids")]
    if there.state != State.ACTIVE or any(getattr(there, name) != values[name] for name in columns):
        return False
    return _texts(there.texts) == _texts(values["texts"]) and inbox_ids_of(there) == values["inbox_ids"]


def _texts(form: Iterable[Mapping[str, str]]) -> list[tuple[str, str, str]]:
    """In one order: that of a document is another than that of a form."""
    return sorted((one["language"], one["network"], one["text"]) for one in form)


def _on_offer() -> dict[str, Any]:
    rows = CannedResponse.objects.filter(state=State.ACTIVE).select_related("team").prefetch_related("inboxes")
    teams = {str(pk): name for pk, name in Team.objects.values_list("pk", "name")}
    return {one.shortcut: _template(one, teams).as_form() for one in rows.order_by("shortcut")}


def _template(one: CannedResponse, teams: Mapping[str, str]) -> Template:
    actions = [
        Staged(action.do, teams[action.value]) if action.do is Do.TEAM else action
        for action in parse_actions(one.actions)
        if action.do is not Do.TEAM or action.value in teams  # a team that is gone gets no ticket either
    ]
    return Template(
        one.shortcut,
        one.name,
        one.kind,
        one.definition,
        tuple(actions),
        team=one.team.name if one.team else "",
        networks=tuple(one.networks),
        visibility=one.visibility,
        inboxes=tuple(dict.fromkeys(inbox.name for inbox in one.inboxes.all())),
        expires_on=one.expires_on,
        review_on=one.review_on,
    )
