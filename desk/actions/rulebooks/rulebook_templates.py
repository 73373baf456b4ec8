"""The templates of a rulebook version: canned responses that it puts on offer when it is switched on.

A version brings them once. What colleagues change afterwards is theirs: neither a draft that begins from it nor the way
back to it brings them again. So one document can hold rules and words in a repository, reviewed together, and
the desk stays the one place that knows what is on offer: the document of the active version is exported with that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from desk.actions.replies.canned import activate_canned, change_canned, create_canned, inbox_ids_of
from desk.actions.replies.canned_check import CannedBlocked, Checking
from desk.actions.rulebooks.template_files import KeptHere, Ready, Writing, go_along_already, put_in_place
from desk.common.errors import DeskError, Invalid
from desk.common.files import gone_if_refused
from desk.inboxes.gateway import all_networks
from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from desk.replies.models import CannedResponse, ReplyAttachment
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
        self.files = KeptHere(file for one in self.templates for file in one.files)
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
            "scenario": one.scenario,
            "stage": one.stage,
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

    def files_of(self, one: Template) -> list[Ready]:
        """Raises Invalid where one is gone by now."""
        return [self.files.ready(file) for file in one.files]

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
            for below, sentence in self.files.problems(one.files):
                yield f"{path}.{below}", sentence


def refuse_what_is_gone(rulebook: Rulebook) -> None:
    """Raises Invalid where the templates name what the desk does not have."""
    errors: dict[str, list[str]] = {}
    for path, sentence in _Names(rulebook.templates).gone():
        errors.setdefault(path, []).append(sentence)
    if errors:
        raise Invalid(_("This rulebook can't be used yet. See what is marked."), errors=errors)


def bring(by: User, version: RulebookVersion, now: datetime) -> None:
    """Put them on offer, in the transaction in which somebody switches the version on. Raises TemplateRefused."""
    names = _Names(version.rulebook().templates)
    with gone_if_refused() as made:
        for template in names.templates:
            try:
                _bring_one(by, names.values_of(template), names.files_of(template), made, version.author_id, now)
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
        values, there, along = names.values_of(template), known.get(template.key), names.files_of(template)
        if checking is None or (there is not None and _same(there, values) and go_along_already(there, along)):
            continue
        inbox_ids = values.pop("inbox_ids")
        team = Team(pk=values["team_id"], name=template.team) if template.team else None
        unsaved = CannedResponse(**values | {"team": team})
        blocking = checking.blocking(unsaved, inbox_ids, [one.enclosed for one in along])
        found.append(Brought(template, there, tuple(blocking)))
    return found


def without_templates(document: Mapping[str, Any]) -> dict[str, Any]:
    """What another version begins with: the templates of this one were brought when it was switched on."""
    return {**document, KEY: {}}


def exported(version: RulebookVersion) -> dict[str, Any]:
    """The document of a version for a file; of the active one with the canned responses that are on offer now."""
    document = document_of(version.rulebook())
    return {**document, KEY: _on_offer()} if version.state == VersionState.ACTIVE else document


def _bring_one(
    by: User,
    values: dict[str, Any],
    along: Sequence[Ready],
    made: list[ReplyAttachment],
    author_id: int | None,
    now: datetime,
) -> None:
    """Words and files are put in place before the rules look at both. What is kept of files is put into `made`."""
    there = _known_by(values["shortcut"])
    if there is None:
        new = create_canned(by, owner_id=author_id, **values)
        _written_by(new, author_id)
        if along:
            put_in_place(by, new, along, made, now)
        activate_canned(by, new.pk)
        return
    others = not go_along_already(there, along)
    if others:
        put_in_place(by, there, along, made, now)
    if others or not _same(there, values):
        _written_by(change_canned(by, there.pk, **values), author_id)
    if there.state != State.ACTIVE:
        activate_canned(by, there.pk)


def _written_by(canned: CannedResponse, author_id: int | None) -> None:
    """The words are those of the version's author, who can't be the one to approve them as a statement."""
    CannedResponse.objects.filter(pk=canned.pk).update(words_by=author_id)


def _known_by(shortcut: str) -> CannedResponse | None:
    return CannedResponse.objects.filter(shortcut=shortcut).first()


def _known(templates: Iterable[Template]) -> dict[str, CannedResponse]:
    rows = CannedResponse.objects.filter(shortcut__in=[one.key for one in templates]).prefetch_related(
        "inboxes", "attachments"
    )
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
    rows = CannedResponse.objects.filter(state=State.ACTIVE).select_related("team")
    rows = rows.prefetch_related("inboxes", "attachments").order_by("shortcut")
    teams, writing = {str(pk): name for pk, name in Team.objects.values_list("pk", "name")}, Writing()
    return {one.shortcut: _template(one, teams, writing).as_form() for one in rows}


def _template(one: CannedResponse, teams: Mapping[str, str], writing: Writing) -> Template:
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
        scenario=one.scenario,
        stage=one.stage,
        files=writing.written(one.attachments.all()),
    )
