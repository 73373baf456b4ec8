"""The rulebook on the screen: its versions, what one says and changes, and the steps from draft to active."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_POST

from desk.actions.rulebooks import rulebooks as verbs
from desk.actions.rulebooks.rulebook_templates import without_templates
from desk.common.paging import Slice, slice_after
from desk.people.permissions import Permission
from desk.rulebooks.models import RulebookVersion
from desk.web import asked, try_box
from desk.web.guards import person, signed_in
from desk.web.show import rulebooks as show
from desk.web.show.rulebook_diff import differences
from desk.web.show.versions import steps
from desk.web.version_steps import VersionSteps
from policies.plain_language import frame_in_plain_language
from policies.rulebook import Rulebook
from policies.rulebook_states import State

WRITE = Permission.WRITE_RULEBOOK
PAGE = 25
SOME = 10  # examples beside the rules
MOST_OFFERED = 100  # versions to compare with
_STEPS = VersionSteps(
    RulebookVersion,
    verbs,
    overview="administration-rulebooks",
    one="administration-rulebook",
    switched_on=gettext_lazy("Version %(number)d is active. Every reply is checked under it now."),
    begun=without_templates,
)


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
    return _STEPS.add(request)


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


@signed_in(WRITE)
def examples(request: HttpRequest, number: int) -> HttpResponse:
    """All of them, a page at a time. They stand in the document, so that a page begins at a place."""
    version = get_object_or_404(versions(), number=number)
    rulebook = version.rulebook()
    first = asked.number(request.GET.get("cursor", "")) or 0
    context = _examples(version, rulebook, slice(first, first + PAGE))
    after = str(first + PAGE) if first + PAGE < context["number_of_examples"] else ""
    context["page"] = Slice(context["examples"], after, str(max(first - PAGE, 0)) if first else "")
    return render(request, "desk/administration/rulebook/examples.html", context)


@require_POST
@signed_in(WRITE)
def step(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """One step of its life. What the desk refuses, it says on the same page."""
    return _STEPS.step(request, number, name)


def _page(request: HttpRequest, version: RulebookVersion, tried: dict[str, Any]) -> HttpResponse:
    rulebook, language = version.rulebook(), get_language() or "en"
    since = _since(version, request.GET.get("since", ""))
    found = differences(since.rulebook(), rulebook) if since else []
    context: dict[str, Any] = {
        **_examples(version, rulebook, slice(SOME)),
        "steps": steps(version, person(request), WRITE, Permission.REVIEW_RULEBOOK),
        "since": since,
        "others": _others(version, since),
        "differences": found,
        "frame": frame_in_plain_language(rulebook, language),
        "rules_by_area": show.rules(rulebook, found, language),
        "would_happen": verbs.would_happen(person(request), version) if _may_hold_yet(version) else None,
        **tried,
    }
    return render(request, "desk/administration/rulebook/version.html", context)


def versions() -> QuerySet[RulebookVersion]:
    """With the people and the number of the one it is based on at hand."""
    return RulebookVersion.objects.select_related("author", "reviewer", "based_on").defer("based_on__document")


def _may_hold_yet(version: RulebookVersion) -> bool:
    """Whether it does not hold now and may yet: what was discarded never does."""
    discarded = version.state == State.RETIRED and version.activated_at is None
    return version.state != State.ACTIVE and not discarded


def _examples(version: RulebookVersion, rulebook: Rulebook, which: slice) -> dict[str, Any]:
    """Some of the examples, those that fail first, and how many give what they must."""
    failing, count = verbs.failures(rulebook), len(rulebook.examples)
    return {
        "version": version,
        "draft": version.state == State.DRAFT,
        "examples": show.examples(rulebook, failing)[which],
        "more_examples": count > SOME,
        "number_of_examples": count,
        "passing": count - len(failing),
    }


def _others(version: RulebookVersion, since: RulebookVersion | None) -> list[int]:
    """Versions to compare with: the newest, and the one that is chosen."""
    newest = RulebookVersion.objects.exclude(pk=version.pk).values_list("number", flat=True)[:MOST_OFFERED]
    numbers = set(newest) | ({since.number} - {version.number} if since else set())
    return sorted(numbers, reverse=True)


def _since(version: RulebookVersion, wanted: str) -> RulebookVersion | None:
    """The version to compare with: the one that was asked for, else the one it is based on."""
    number = asked.number(wanted)
    if number is None:
        return version.based_on
    return get_object_or_404(RulebookVersion, number=number)
