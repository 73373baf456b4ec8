"""The voice of the customer of each department: the page, the subscription, and the link in the mail that ends it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desk.actions.causes import digest_mails, digests
from desk.actions.causes.cause_tables import hours, trend
from desk.causes.models import Department
from desk.causes.tree import Tree
from desk.common.errors import Missing
from desk.people.models import User
from desk.people.permissions import Permission
from desk.web.forms import leave
from desk.web.guards import person, signed_in
from desk.web.show.improvements import Shown, shown
from desk.web.views.cause_pages import on_paper

READ = Permission.READ_TICKETS


@require_safe
@signed_in(READ)
def overview(request: HttpRequest) -> HttpResponse:
    """All departments, and whose digest one gets."""
    mine = set(person(request).digests.values_list("department_id", flat=True))
    departments = [(one, one.pk in mine) for one in Department.objects.all()]
    return render(request, "desk/causes/departments.html", {"departments": departments})


@require_safe
@signed_in(READ)
def one(request: HttpRequest, department_id: int) -> HttpResponse:
    """One page, to be read in two minutes."""
    reader = person(request)
    digest = digests.read(reader, department_id)
    context = {
        "digest": digest,
        "hours": hours(digest.work),
        "lines": [(line, trend(line.change, striking=line.striking)) for line in digest.lines],
        "improvements": _improvements(digest),
        "subscribed": reader.digests.filter(department=department_id).exists(),
    }
    return render(request, "desk/causes/digest.html", context)


@require_safe
@signed_in(READ)
def pdf(request: HttpRequest, department_id: int) -> HttpResponse:
    """The same on paper."""
    return pdf_answer(department_id, person(request))


def pdf_answer(department_id: int, reader: User) -> HttpResponse:
    """A file with what the page says. Raises NotPermitted, Missing."""
    from desk.web.show.cause_pdf import pdf_of_digest  # fonts, and what sets them, for a page that few ask for

    digest = digests.read(reader, department_id)
    name = f"digest-{digest.department.pk}-{digest.figures.first}.pdf"
    return on_paper(pdf_of_digest(digest, _improvements(digest)), name)


def _improvements(digest: digests.Digest) -> list[Shown]:
    tree, today = Tree(), timezone.localdate()
    return [shown(row, tree.words(tree.now(row.cause_id)), effect, today) for row, effect in digest.improvements]


@require_POST
@signed_in(READ)
def subscribe(request: HttpRequest, department_id: int) -> HttpResponse:
    """Get it by e-mail on Mondays, or no longer."""
    if request.POST.get("do") == "stop":
        digest_mails.unsubscribe(person(request), department_id)
        messages.success(request, _("You no longer get this digest by e-mail."))
    else:
        digest_mails.subscribe(person(request), department_id)
        messages.success(request, _("You get this digest by e-mail, on Mondays."))
    return leave(request, "digest", department_id)


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the signed link is what allows it
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """A page with one button; the button ends it."""
    try:
        found = digest_mails.subscription_of_link(token)
        if request.method == "POST":
            digest_mails.unsubscribe_by_link(token)
    except Missing as damaged:
        return render(request, "desk/causes/unsubscribe.html", {"damaged": damaged}, status=damaged.status)
    with translation.override(found.user.language if found else translation.get_language()):
        over = found is None or request.method == "POST"
        return render(request, "desk/causes/unsubscribe.html", {"subscription": found, "over": over})
