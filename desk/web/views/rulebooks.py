"""The rulebook on the screen: its versions, what one says and changes, and the steps from draft to active."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from desk.actions import rulebooks as verbs
from desk.common.errors import DeskError
from desk.common.paging import slice_after
from desk.people.models import User
from desk.people.permissions import Permission
from desk.rulebooks.models import RulebookVersion
from desk.web import asked, try_box
from desk.web.guards import person, signed_in
from desk.web.show import rulebooks as show
from desk.web.show.rulebook_diff import differences
from policies.plain_language import frame_in_plain_language
from policies.rulebook_states import State

WRITE = Permission.WRITE_RULEBOOK
PAGE = 25
_Verb = Callable[[User, int], RulebookVersion]
_STEPS: dict[str, tuple[_Verb, "str | Promise"]] = {
    "hand-in": (verbs.hand_in, gettext_lazy("Version %(number)d waits for a colleague who reads it.")),
    "switch-on": (verbs.switch_on, gettext_lazy("Version %(number)d is active. Every reply is checked under it now.")),
    "discard": (verbs.discard, gettext_lazy("Version %(number)d is discarded.")),
    show.ROLL_BACK: (verbs.roll_back, gettext_lazy("Version %(number)d is active, with the words of the old one.")),
}


@signed_in(WRITE)
def overview(request: HttpRequest) -> HttpResponse:
    """The newest first."""
    page = slice_after(versions(), ("number",), request.GET.get("cursor", ""), PAGE, descending=True)
    may_roll_back = person(request).may(Permission.REVIEW_RULEBOOK)
    context = {"versions": page.rows, "page": page, "may_roll_back": may_roll_back}
    return render(request, "desk/administration/rulebook/list.html", context)


@require_POST
@signed_in(WRITE)
def add(request: HttpRequest) -> HttpResponse:
    """A draft that begins as the active version, or as the one that is named."""
    number = asked.number(request.POST.get("from", ""))
    begins = None if number is None else get_object_or_404(RulebookVersion, number=number).document
    try:
        draft = verbs.write_draft(person(request), document=begins)
    except DeskError as refused:
        messages.error(request, str(refused.message))
        return redirect("administration-rulebooks")
    return redirect("administration-rulebook", draft.number)


@signed_in(WRITE)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """What it says, what is different from another, what its examples give, and what can be done with it."""
    return _page(request, get_object_or_404(versions(), number=number), try_box.context(request.GET))


@require_POST
@signed_in(WRITE)
def try_out(request: HttpRequest, number: int) -> HttpResponse:
    """What this version says of a text that nobody sends: for the script, or on the whole page where there is none."""
    version = get_object_or_404(versions(), number=number)
    verdict = try_box.verdict(request, version.rulebook())
    if request.headers.get("HX-Request"):
        return render(request, try_box.TEMPLATE, verdict)
    return _page(request, version, {**try_box.context(request.POST), **verdict})


@require_POST
@signed_in(WRITE)
def step(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """One step of its life. What the desk refuses, it says on the same page."""
    try:
        if name == "give-back":
            verbs.give_back(person(request), number, reason=request.POST.get("reason", ""))
            done = _("Version %(number)d is a draft again, and its author reads why.") % {"number": number}
        elif name in _STEPS:
            verb, words = _STEPS[name]
            number = verb(person(request), number).number
            done = str(words) % {"number": number}
        else:
            raise Http404
    except DeskError as refused:
        messages.error(request, str(refused.message))
        return redirect("administration-rulebook", number)
    messages.success(request, done)
    return redirect("administration-rulebook", number)


def _page(request: HttpRequest, version: RulebookVersion, tried: dict[str, Any]) -> HttpResponse:
    rulebook, language = version.rulebook(), get_language() or "en"
    since = _since(version, request.GET.get("since", ""))
    found = differences(since.rulebook(), rulebook) if since else []
    failing = verbs.failures(rulebook)
    context: dict[str, Any] = {
        "version": version,
        "draft": version.state == State.DRAFT,
        "steps": show.steps(version, person(request)),
        "since": since,
        "others": RulebookVersion.objects.exclude(pk=version.pk).values_list("number", flat=True)[:100],
        "differences": found,
        "frame": frame_in_plain_language(rulebook, language),
        "areas": show.rules(rulebook, found, language),
        "examples": show.examples(rulebook, failing),
        "passing": len(rulebook.examples) - len(failing),
        **tried,
    }
    return render(request, "desk/administration/rulebook/version.html", context)


def versions() -> QuerySet[RulebookVersion]:
    """With the people and the number of the one it is based on at hand."""
    return RulebookVersion.objects.select_related("author", "reviewer", "based_on").defer("based_on__document")


def _since(version: RulebookVersion, wanted: str) -> RulebookVersion | None:
    """The version to compare with: the one that was asked for, else the one it is based on."""
    number = asked.number(wanted)
    if number is None:
        return version.based_on
    return get_object_or_404(RulebookVersion, number=number)
