"""What somebody does who was asked something: by the link alone, without signing in, on whatever they have in hand."""

from collections.abc import Sequence
from typing import TypeVar

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from desk.actions.changes import changes
from desk.actions.changes.registry import ALL
from desk.actions.people import people
from desk.actions.questions import questions
from desk.actions.questions.question_links import link_of
from desk.actions.questions.question_people import already_asked
from desk.common.errors import DeskError, Missing
from desk.common.files import MOST, Handed
from desk.people.models import Team, User
from desk.questions.models import Entry, Link
from desk.web.handed import delivered, handed
from desk.web.show import asked as show
from desk.web.views.questions import addressee

Answer = TypeVar("Answer", bound=HttpResponseBase)
TEMPLATE = "desk/asked/page.html"
DONE_HERE = ("answer", "say", "knows", "propose")
ENDS = ("pass_on", "not_mine")  # after which the link leads nowhere


@csrf_exempt  # the signed link is what allows it
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The question with its conversation; nothing happens by looking, because programs look at every link in a mail."""
    now = timezone.now()
    try:
        link = link_of(token, now)
    except Missing as over:
        return private_page(render(request, TEMPLATE, {"over": over}, status=over.status))
    with translation.override(link.user.language):
        refused: DeskError | None = None
        if request.method == "POST":
            do = ""
            try:
                given = handed(request)
                do = request.POST.get("do", "")
                _do(do, link, request, given)
            except DeskError as problem:
                refused = problem
            else:
                if do in ENDS:
                    return private_page(render(request, TEMPLATE, {"done": do}))
                return private_page(_seen_again(request, do))
        context = {
            "link": link,
            "asked": show.asked(link, now),
            "refused": refused,
            "typed": _typed(request) if refused else "",
            "said": request.GET.get("said", ""),
            "people": _others(link),
            "teams": Team.objects.all(),
            "most_files": MOST,
            "kinds": [(kind.slug, kind.label) for kind in ALL],
        }
        return private_page(render(request, TEMPLATE, context, status=refused.status if refused else 200))


@never_cache
@require_http_methods(["GET", "HEAD"])
def file(request: HttpRequest, token: str, file_id: int) -> HttpResponseBase:
    """What went along with a word on that very question."""
    try:
        row = questions.open_file_by_link(link_of(token, timezone.now()), file_id)
        return private_page(delivered(request, row))
    except Missing as over:
        return private_page(render(request, TEMPLATE, {"over": over}, status=over.status))


def _typed(request: HttpRequest) -> str:
    """What was written beside what was refused, where that was small enough to be read."""
    try:
        return request.POST.get("text", "")
    except RequestDataTooBig:
        return ""


def _do(do: str, link: Link, request: HttpRequest, given: Sequence[Handed]) -> None:
    """Raises DeskError; a button that there is not does nothing."""
    text = request.POST.get("text", "")
    match do:
        case "answer":
            questions.answer(link.user, link.question_id, text, handed=given, via=Entry.Via.LINK)
        case "say":
            questions.say(link.user, link.question_id, text, handed=given, via=Entry.Via.LINK)
        case "pass_on":
            questions.pass_on(link.user, link.question_id, **addressee(request))
        case "not_mine":
            questions.not_mine(link.user, link.question_id)
        case "propose":
            values = request.POST
            changes.draft(link.user, values.get("kind", ""), 0, what=values.get("what", ""), why=values.get("why", ""))
        case "knows":
            people.change_own(link.user, knows=request.POST.get("knows", "").split(","))


def _others(link: Link) -> list[User]:
    """Whom it can be passed on to: everybody who works here but who has had it."""
    return list(User.objects.filter(is_active=True).exclude(pk__in=already_asked(link.question)))


def _seen_again(request: HttpRequest, do: str) -> HttpResponse:
    """The page anew, so that loading it again says nothing twice."""
    return HttpResponseRedirect(f"{request.path}?said={do}#said" if do in DONE_HERE else request.path)


def private_page(answer: Answer) -> Answer:
    """The address lets its holder speak for somebody, so it goes nowhere else."""
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer
