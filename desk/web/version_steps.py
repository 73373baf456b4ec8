"""Buttons of the pages of a document with versions: a new draft, and one step of a version's life."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from desk.common.errors import DeskError, Invalid
from desk.common.versioned import DocumentVersion
from desk.people.models import User
from desk.web import asked
from desk.web.guards import person
from desk.web.show.versions import ROLL_BACK


class Verbs(Protocol):
    """What the verbs of a kind of document are called: of rulebooks and of crisis plans."""

    def write_draft(self, actor: User, *, document: Mapping[str, Any] | None = None) -> DocumentVersion: ...
    def hand_in(self, actor: User, number: int) -> DocumentVersion: ...
    def give_back(self, actor: User, number: int, *, reason: str) -> DocumentVersion: ...
    def switch_on(self, actor: User, number: int) -> DocumentVersion: ...
    def roll_back(self, actor: User, number: int) -> DocumentVersion: ...
    def discard(self, actor: User, number: int) -> DocumentVersion: ...


@dataclass(frozen=True)
class VersionSteps:
    """Those of one kind. `overview` and `one` are names of addresses; `switched_on` says what follows from it.

    `begun` gives what a draft begins with of the document of a version.
    """

    model: type[DocumentVersion]
    verbs: Verbs
    overview: str
    one: str
    switched_on: "str | Promise"  # with %(number)d
    begun: Callable[[Mapping[str, Any]], dict[str, Any]] = dict

    def add(self, request: HttpRequest) -> HttpResponse:
        """A draft that begins as the active version, or as the one that is named."""
        number = asked.number(request.POST.get("from", ""))
        begins = None
        if number is not None:
            begins = self.begun(get_object_or_404(self.model._default_manager, number=number).document)
        try:
            draft = self.verbs.write_draft(person(request), document=begins)
        except DeskError as refused:
            messages.error(request, str(refused.message))
            return redirect(self.overview)
        return redirect(self.one, draft.number)

    def step(self, request: HttpRequest, number: int, name: str) -> HttpResponse:
        """One step of its life. What the desk refuses, it says on the same page."""
        try:
            version, words = self._done(person(request), number, name, request.POST.get("reason", ""))
        except DeskError as refused:
            messages.error(request, str(refused.message))
            if isinstance(refused, Invalid):  # of others the sentence says all of it
                for path, said in refused.errors.items():
                    messages.error(request, f"{path}: {' '.join(map(str, said))}")
            return redirect(self.one, number)
        messages.success(request, str(words) % {"number": version.number})
        return redirect(self.one, version.number)

    def _done(self, actor: User, number: int, name: str, reason: str) -> "tuple[DocumentVersion, str | Promise]":
        verbs = self.verbs
        match name:
            case "hand-in":
                words = gettext_lazy("Version %(number)d waits for a colleague who reads it.")
                return verbs.hand_in(actor, number), words
            case "give-back":
                words = gettext_lazy("Version %(number)d is a draft again, and its author reads why.")
                return verbs.give_back(actor, number, reason=reason), words
            case "switch-on":
                return verbs.switch_on(actor, number), self.switched_on
            case "discard":
                return verbs.discard(actor, number), gettext_lazy("Version %(number)d is discarded.")
            case _ if name == ROLL_BACK:
                words = gettext_lazy("Version %(number)d is active, with the words of the old one.")
                return verbs.roll_back(actor, number), words
        raise Http404
