"""Statements of a crisis: what is ready, what is out, and publishing on all chosen accounts in one action."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from desk.actions.crises.crisis_team import RUNNING
from desk.actions.statements import statement_texts as texts
from desk.actions.statements import statements as verbs
from desk.actions.statements.next_updates import withdraw_update
from desk.actions.statements.post_check import length_of
from desk.actions.statements.statement_answers import answer_with_statement, publish_and_answer
from desk.common.errors import DeskError, Invalid
from desk.crises.models import Crisis
from desk.inboxes.gateway import LengthRule
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.people.permissions import Permission
from desk.replies.models import CannedResponse
from desk.web.forms import choice
from desk.web.guards import person, signed_in
from desk.web.matrix import length as length_words
from desk.web.show import statements as show
from desk.web.show.tiles import Tile, tile
from desk.web.views.crises import known_crisis
from policies.crisis_plan import LANGUAGES
from policies.language import language_name

LOCAL_ID = re.compile("[0-9]{1,18}")
SHOWN = 20  # publications
_DECISIONS = {
    "approve": (verbs.approve_post, gettext_lazy("It leaves now.")),
    "withdraw": (verbs.withdraw_post, gettext_lazy("It is taken back.")),
    "repeat": (verbs.repeat_post, gettext_lazy("It is sent again.")),
    "confirm": (verbs.confirm_post, gettext_lazy("It is written down as out.")),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something can be said: an account and a language."""

    name: str
    tile: Tile
    inbox: str
    language: str
    language_words: str
    text: str
    chosen: bool
    length: str
    problems: tuple[str, ...]


@signed_in(Permission.READ_TICKETS)
def page(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """What is ready and what is out; for whoever may publish, the form."""
    crisis, reader = known_crisis(crisis_id), person(request)
    _may_look(reader, crisis)
    refused: DeskError | None = None
    if request.method == "POST":
        try:
            verb = publish_and_answer if "answers" in request.POST else verbs.publish
            published = verb(reader, crisis.pk, **_wish(request.POST))
            waits = published.posts.filter(state="held").exists()
            said = _("A colleague has to agree first.") if waits else _("It leaves in a moment.")
            messages.success(request, said)
            return _back(reader, crisis.pk)
        except DeskError as problem:
            refused = problem
    context = _context(request, crisis, reader, refused)
    return render(request, "desk/crises/statements.html", context, status=refused.status if refused else 200)


@require_POST
@signed_in(Permission.ANSWER_IN_BATCHES)
def answer(request: HttpRequest, crisis_id: int, canned_id: int) -> HttpResponse:
    """The statement to everybody who waits: on to the page that shows what each would get."""
    try:
        batch = answer_with_statement(person(request), crisis_id, canned_id)
    except DeskError as refused:
        messages.error(request, str(refused.message))
        return _back(person(request), crisis_id)
    return redirect("batch", crisis_id, batch.pk)


@require_POST
@signed_in(Permission.READ_TICKETS)
def decide(request: HttpRequest, crisis_id: int, post_id: int, decision: str) -> HttpResponse:
    """Approve, reject, take back, send again or confirm one post."""
    if decision != "reject" and decision not in _DECISIONS:
        raise Http404
    try:
        if decision == "reject":
            verbs.reject_post(person(request), post_id, reason=request.POST.get("reason", ""))
            messages.success(request, _("It is rejected."))
        else:
            verb, done = _DECISIONS[decision]
            verb(person(request), post_id)
            messages.success(request, done)
    except DeskError as refused:
        messages.error(request, str(refused.message))
    return redirect("crisis-statements", crisis_id) if decision == "reject" else _back(person(request), crisis_id)


@require_POST
@signed_in(Permission.READ_TICKETS)
def withdraw(request: HttpRequest, crisis_id: int) -> HttpResponse:
    """There will be no next update after all."""
    try:
        withdraw_update(person(request), crisis_id, reason=request.POST.get("reason", ""))
        messages.success(request, _("Nobody waits for a next update any more. The log has why."))
    except DeskError as refused:
        messages.error(request, str(refused.message))
    return redirect("crisis-statements", crisis_id)


@require_POST
@signed_in(Permission.APPROVE)
def approve_words(request: HttpRequest, canned_id: int) -> HttpResponse:
    """A colleague agrees with a holding statement beforehand."""
    try:
        texts.approve_statement(person(request), canned_id)
        messages.success(request, _("These words may leave at once in a crisis."))
    except DeskError as refused:
        messages.error(request, str(refused.message))
    return redirect("administration-canned-one", canned_id)


def _back(reader: User, crisis_id: int) -> HttpResponse:
    """To the room, for who may see it."""
    return redirect("crisis-room" if reader.may(Permission.SEE_CRISES) else "crisis-statements", crisis_id)


def _may_look(reader: User, crisis: Crisis) -> None:
    if not reader.may(Permission.SEE_CRISES):
        texts.may_publish(reader, crisis)


def _context(request: HttpRequest, crisis: Crisis, reader: User, refused: DeskError | None) -> dict[str, Any]:
    now, asked = timezone.now(), request.POST or request.GET
    chosen = asked.get("statement", "")
    found = texts.statements()
    statement = next((one for one in found if str(one.pk) == chosen), None)
    own = texts.publishes(reader, crisis) and crisis.state in RUNNING
    return {
        "crisis": crisis,
        "may_publish": own,
        "sees_room": reader.may(Permission.SEE_CRISES),
        "may_write": reader.may(Permission.EDIT_CANNED),
        "may_answer": reader.may(Permission.ANSWER_IN_BATCHES),
        "running": crisis.state in RUNNING,
        "answers": "answers" in request.POST,
        "table": show.table(texts.table(timezone.localdate())),
        "offered": _offered(crisis, found, now),
        "statement": statement,
        "places": _places(request, reader, crisis, statement, refused) if own else [],
        "stages": CannedResponse.Stage.choices,
        "stage": asked.get("stage", statement.stage if statement else ""),
        "minutes": asked.get("update_minutes", ""),
        "key": request.POST.get("key") or uuid4().hex,
        "refused": refused,
        "minutes_problem": refused.errors.get("update_minutes", ()) if refused else (),
        "published": show.published(crisis, reader, now, SHOWN),
        "update": show.update(crisis, now),
        "now": now,
    }


def _offered(crisis: Crisis, found: list[CannedResponse], now: Any) -> list[tuple[int, str, bool]]:
    """All statements, those that the plan offers at this level first."""
    level = crisis.level_at(now)
    planned = crisis.kept_plan.levels[level].statements if crisis.kept_plan and level else ()
    ranked = sorted(found, key=lambda one: one.shortcut not in planned)
    return [
        (one.pk, f"{one.scenario}: {show.stage_words(one.stage)} ({one.name})", one.shortcut in planned)
        for one in ranked
    ]


def _places(
    request: HttpRequest,
    reader: User,
    crisis: Crisis,
    statement: CannedResponse | None,
    refused: DeskError | None,
) -> list[Place]:
    """Every account that can post, in each language, with what was typed or what the statement says there."""
    typed = request.POST if refused is not None else None
    sent = typed.getlist("on") if typed is not None else []
    say_in = translation.get_language() or "en"
    places = []
    for inbox in Inbox.objects.filter(drill=crisis.drill).order_by("network", "name", "id"):
        length = length_of(inbox)
        for language in LANGUAGES if length is not None else ():
            name = f"{inbox.pk}.{language}"
            ready = texts.words_for(statement, inbox, language, reader) if statement is not None else ""
            text = typed.get(f"text.{name}", "") if typed is not None else ready
            errors = refused.errors.get(f"posts.{sent.index(name)}.text", ()) if refused and name in sent else ()
            problems = tuple(map(str, errors))
            chosen = name in sent if typed is not None else bool(ready)
            places.append(_place(inbox, language, say_in, length, text, problems, chosen=chosen))
    return places


def _place(
    inbox: Inbox,
    language: str,
    say_in: str,
    length: LengthRule | None,
    text: str,
    problems: tuple[str, ...],
    *,
    chosen: bool,
) -> Place:
    return Place(
        f"{inbox.pk}.{language}",
        tile(inbox.network),
        inbox.name,
        language,
        language_name(language, say_in),
        text,
        chosen,
        length_words(length) if length is not None else "",
        problems,
    )


def _wish(form: QueryDict) -> dict[str, Any]:
    """What the verb takes. Raises Invalid."""
    posts = []
    for name in form.getlist("on"):
        inbox, _dot, language = name.partition(".")
        if not LOCAL_ID.fullmatch(inbox) or language not in LANGUAGES:
            raise Invalid(_("Choose from the accounts on this page."))
        posts.append(verbs.Wish(int(inbox), language, form.get(f"text.{name}", "").replace("\r\n", "\n").strip()))
    return {
        "posts": posts,
        "idempotency_key": form.get("key", ""),
        "statement_id": choice(form, "statement"),
        "stage": form.get("stage", ""),
        "update_minutes": choice(form, "update_minutes"),
    }
