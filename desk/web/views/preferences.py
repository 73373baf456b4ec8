"""A person's own choices, from the menu on every page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from desk.actions.people import people
from desk.web.guards import person, signed_in
from desk.web.views.language import back, remember

TEXTS = ("language", "theme", "signature")
SWITCHES = ("single_keys", "away", "mail_notices", "browser_notices")


@require_POST
@signed_in()
def change(request: HttpRequest) -> HttpResponse:
    """Keep what was chosen and go back to the page (or answer 204 to a script)."""
    chosen: dict[str, Any] = {name: request.POST[name] for name in TEXTS if name in request.POST}
    chosen |= {name: request.POST[name] == "on" for name in SWITCHES if name in request.POST}
    if "knows" in request.POST:
        chosen["knows"] = request.POST["knows"].split(",")
    people.change_own(person(request), **chosen)
    answer = HttpResponse(status=204) if "next" not in request.POST else back(request)
    if "language" in chosen:
        remember(answer, str(chosen["language"]))
    return answer
