"""Pages for customers without an account: no sign-in, no script, nothing of the desk but what they wrote themselves."""

from collections.abc import Sequence
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from desk.actions.forms import form_links, form_pages
from desk.actions.forms.form_mails import who_asks
from desk.actions.forms.form_pages import LARGEST, LARGEST_REQUEST, MOST_FILES, Written
from desk.common.errors import DeskError, Invalid, Missing
from desk.forms.models import FormLink
from desk.tickets.models import Attachment, Message

DOCUMENT = "application/pdf"
PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
Answer = TypeVar("Answer", bound=HttpResponseBase)
_FIELDS = ("text", "name", "email", "order")


@csrf_exempt  # the signed link is what allows it, and there is no session to abuse
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, token: str) -> HttpResponseBase:
    """The form, while it waits; once used its sender is led on, and everybody else is told that it is over."""
    try:
        link = form_links.form_of(token)
    except Missing as damaged:
        return _over(request, str(damaged.message), damaged.status)
    state = link.state(timezone.now())
    with translation.override(link.language):
        if state is not FormLink.State.OPEN:
            return _over(request, "", 410, link)
        if request.method != "POST":
            return _private(render(request, "desk/forms/form.html", _context(link)))
        return _taken(request, link, partial(form_pages.send, link), "desk/forms/form.html", _context(link))


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponseBase:
    """What they sent, what we answered, and room to write on."""
    try:
        link = form_links.page_of(token)
    except Missing as damaged:
        return _over(request, str(damaged.message), damaged.status)
    now = timezone.now()
    with translation.override(link.language):
        if link.state(now) is not FormLink.State.USED:
            return _over(request, "", 410, link)
        context = {
            **_context(link),
            "messages": [_shown(one, token) for one in form_pages.conversation(link, now)],
            "waiting": form_pages.waiting_words(link),
        }
        if request.method != "POST":
            return _private(render(request, "desk/forms/page.html", context))
        return _taken(request, link, partial(form_pages.add, link), "desk/forms/page.html", context)


@never_cache
@require_http_methods(["GET", "HEAD"])
def file(request: HttpRequest, token: str, file_id: int) -> HttpResponseBase:
    """A picture that stands on such a page, or a document of ours to keep; whatever else there is is only told of."""
    try:
        link = form_links.page_of(token)
    except Missing as damaged:
        return _over(request, str(damaged.message), damaged.status)
    rows = Attachment.objects.filter(message__conversation=link.conversation_id, message__erased_at=None)
    ours = Q(content_type=DOCUMENT, message__outgoing=True)
    found = rows.filter(ours | Q(content_type__in=PICTURES), pk=file_id, state=Attachment.State.STORED).first()
    if found is None or link.state(timezone.now()) is not FormLink.State.USED:
        with translation.override(link.language):
            return _over(request, "", 410, link)
    is_document = found.content_type == DOCUMENT
    answer = FileResponse(
        found.file.open("rb"), content_type=found.content_type, as_attachment=is_document, filename=f"{found.pk}.pdf"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return _private(answer)


def _taken(request: HttpRequest, link: FormLink, take: Any, template: str, context: dict[str, Any]) -> HttpResponseBase:
    """After sending, away from the form: to load the page again sends nothing twice."""
    values = dict.fromkeys(_FIELDS, "")
    try:
        written = _written(request)
        values = {name: getattr(written, name) for name in _FIELDS}
        link = take(written, place=request.META.get("REMOTE_ADDR", ""), now=timezone.now())
    except DeskError as refused:
        if refused.status == 409:
            return _over(request, "", 410, link)
        context = {**context, "refused": refused, "values": values, "begun": form_pages.begin(link)}
        return _private(render(request, template, context, status=refused.status))
    return _private(HttpResponseRedirect(f"{form_links.page_path(link)}#newest", status=303))


def _written(request: HttpRequest) -> Written:
    """What was filled in. Raises Invalid where the request brings more than may be looked at."""
    too_much = Invalid(form_pages.too_large(), errors={"files": [form_pages.too_large()]})
    said = request.META.get("CONTENT_LENGTH") or "0"
    if not said.isdigit() or int(said) > LARGEST_REQUEST:
        raise too_much
    try:
        values = request.POST
        given = request.FILES.getlist("files")
    except RequestDataTooBig:
        raise too_much from None
    files: Sequence[bytes] = [one.read(LARGEST + 1) for one in given[: MOST_FILES + 1] if one.size]
    texts = {name: values.get(name, "")[:20_000] for name in _FIELDS}
    return Written(**texts, files=files, begun=values.get("begun", "")[:200], trap=values.get("website", "")[:200])


def _context(link: FormLink) -> dict[str, Any]:
    return {
        "who": who_asks(link),
        "language": link.language,
        "until": link.expires_at,
        "has_email": bool(link.email),
        "begun": form_pages.begin(link),
        "values": dict.fromkeys(_FIELDS, ""),
        "longest": form_pages.LONGEST,
        "most_files": MOST_FILES,
        "privacy_text": settings.PRIVACY_TEXT,
        "privacy_url": settings.PRIVACY_URL,
    }


def _shown(message: Message, token: str) -> dict[str, Any]:
    files = [one for one in message.attachments.all() if one.state == Attachment.State.STORED]
    pictures = [one for one in files if one.content_type in PICTURES]
    documents = [one for one in files if one.content_type == DOCUMENT and message.outgoing]
    return {
        "key": message.pk,
        "ours": message.outgoing,
        "at": message.created_at,
        "text": message.text,
        "pictures": pictures,
        "documents": documents,
        "others": len(message.attachments.all()) - len(pictures) - len(documents),
        "token": token,
    }


def _over(request: HttpRequest, words: str, status: int, link: FormLink | None = None) -> HttpResponse:
    context = {"words": words, "link": link, "language": translation.get_language()}
    return _private(render(request, "desk/forms/over.html", context, status=status))


def _private(answer: Answer) -> Answer:
    """The address is the key, so it goes nowhere else."""
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
