"""The link that ends a report by e-mail, for whoever has the mail: no sign-in, and nothing happens by looking."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from desk.actions.reports import report_mails
from desk.common.errors import Missing


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the signed link is what allows it
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """A page with one button; the button ends it."""
    try:
        found = report_mails.subscription_of_link(token)
        if request.method == "POST":
            report_mails.unsubscribe_by_link(token)
    except Missing as damaged:
        return render(request, "desk/reports/unsubscribe.html", {"damaged": damaged}, status=damaged.status)
    with translation.override(found.user.language if found else translation.get_language()):
        over = found is None or request.method == "POST"
        return render(request, "desk/reports/unsubscribe.html", {"subscription": found, "over": over})
