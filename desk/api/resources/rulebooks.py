"""The rulebook: its versions, what they say, and switching them on."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.rulebooks import rulebooks as verbs
from desk.api.forms.replies import CheckedSerializer
from desk.api.forms.rulebooks import (
    ActiveRulebookSerializer,
    ChangeRulebookSerializer,
    ChangeSerializer,
    ConsequencesSerializer,
    FailureSerializer,
    GiveBackSerializer,
    RulebookVersionSerializer,
    SinceQuery,
    TrySerializer,
    WholeRulebookSerializer,
    WriteRulebookSerializer,
    consequences_form,
    version_form,
    whole_form,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.people.models import User
from desk.rulebooks.models import RulebookVersion
from policies.plain_language import plain_language
from policies.rulebook_diff import diff
from policies.rulebook_states import State


class Rulebooks(Resource):
    @operation(
        "rulebooks_list",
        "List the versions of the rulebook",
        asks=PageQuery,
        gives=RulebookVersionSerializer,
        paged=True,
    )
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """The newest first."""
        key, cursor, size = ("number",), query["cursor"], query["page_size"]
        return Page(slice_after(_versions().defer("document"), key, cursor, size, descending=True), each(version_form))

    @operation(
        "rulebooks_create",
        "Begin a draft of the rulebook",
        takes=WriteRulebookSerializer,
        gives=WholeRulebookSerializer,
        status=201,
    )
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """`errors` names every problem of a document by its path, such as `rules.links.not_allowed.hosts[2]`."""
        return _whole(verbs.write_draft(self.person, **wish).number)


class ActiveRulebook(Resource):
    @operation("rulebooks_active_read", "Read the rulebook that holds now", gives=ActiveRulebookSerializer)
    def get(self, request: Request) -> Any:
        active = _versions().get(state=State.ACTIVE)
        sections = plain_language(active.rulebook(), get_language() or "en")
        plain = [{"title": section.title, "sentences": list(section.sentences)} for section in sections]
        return whole_form(active) | {"plain": plain}


class OneRulebook(Resource):
    @operation("rulebooks_read", "Read a version of the rulebook", gives=WholeRulebookSerializer)
    def get(self, request: Request, number: int) -> Any:
        return _whole(number)

    @operation("rulebooks_change", "Change a draft", takes=ChangeRulebookSerializer, gives=WholeRulebookSerializer)
    def patch(self, request: Request, number: int, wish: dict[str, Any]) -> Any:
        return _whole(verbs.change_draft(self.person, number, **wish).number)


class Step(Resource):
    """A verb on a version; the answer is the version as it is afterwards."""

    verb: Callable[[User, int], RulebookVersion]

    def step(self, number: int) -> dict[str, Any]:
        return version_form(_version(type(self).verb(self.person, number).number))


class HandIn(Step):
    verb = staticmethod(verbs.hand_in)

    @operation("rulebooks_hand_in", "Hand a draft in for review", gives=RulebookVersionSerializer)
    def post(self, request: Request, number: int) -> Any:
        return self.step(number)


class SwitchOn(Step):
    verb = staticmethod(verbs.switch_on)

    @operation("rulebooks_switch_on", "Switch a version on", gives=RulebookVersionSerializer)
    def post(self, request: Request, number: int) -> Any:
        """By somebody else than its author. A 409 `example_fails` where an example gives other findings than it must, a
        422 `blocked_by_policy` where a template of it breaks it.

        Replies that wait to be sent are checked under it before they leave.
        """
        return self.step(number)


class RollBack(Step):
    verb = staticmethod(verbs.roll_back)

    @operation("rulebooks_roll_back", "Go back to an earlier version", gives=RulebookVersionSerializer)
    def post(self, request: Request, number: int) -> Any:
        """Makes a new version with the words of this one and switches it on; the answer is the new one."""
        return self.step(number)


class Discard(Step):
    verb = staticmethod(verbs.discard)

    @operation("rulebooks_discard", "Discard a draft", gives=RulebookVersionSerializer)
    def post(self, request: Request, number: int) -> Any:
        return self.step(number)


class GiveBack(Resource):
    @operation(
        "rulebooks_give_back",
        "Give a version back to its author",
        takes=GiveBackSerializer,
        gives=RulebookVersionSerializer,
    )
    def post(self, request: Request, number: int, wish: dict[str, Any]) -> Any:
        return version_form(_version(verbs.give_back(self.person, number, reason=wish["reason"]).number))


class Differences(Resource):
    @operation(
        "rulebooks_differences_list",
        "What is different between two versions",
        asks=SinceQuery,
        gives=ChangeSerializer,
        many=True,
    )
    def get(self, request: Request, number: int, query: dict[str, Any]) -> Any:
        newer = _version(number)
        older = _version(query["since"]) if "since" in query else newer.based_on
        if older is None:
            return []
        language = get_language() or "en"
        found = diff(older.rulebook(), newer.rulebook())
        return [change.as_json() | {"said": change.said(language)} for change in found]


class Examples(Resource):
    @operation("rulebooks_examples_list", "Run the examples of a version", gives=FailureSerializer, many=True)
    def get(self, request: Request, number: int) -> Any:
        """Those that fail; an empty list where all give the findings that they must."""
        return [failure.as_json() for failure in verbs.failures(_version(number).rulebook())]


class CannedResponses(Resource):
    @operation(
        "rulebooks_canned_responses_read",
        "What switching a version on does to canned responses",
        gives=ConsequencesSerializer,
    )
    def get(self, request: Request, number: int) -> Any:
        """Those on offer that would break it leave the offer; suspended ones that break it no more come back."""
        return consequences_form(verbs.would_happen(self.person, _version(number)))


class Try(Resource):
    @operation("rulebooks_try", "Try a text under a version", takes=TrySerializer, gives=CheckedSerializer)
    def post(self, request: Request, number: int, wish: dict[str, Any]) -> Any:
        rulebook = _version(number).rulebook()
        return verbs.try_text(self.person, rulebook, now=timezone.now(), **wish).as_json()


def _versions() -> QuerySet[RulebookVersion]:
    return RulebookVersion.objects.select_related("author", "reviewer", "based_on")


def _version(number: int) -> RulebookVersion:
    version = _versions().filter(number=number).first()
    if version is None:
        raise Missing(_("There is no version %(number)d of the rulebook.") % {"number": number})
    return version


def _whole(number: int) -> dict[str, Any]:
    return whole_form(_version(number))
