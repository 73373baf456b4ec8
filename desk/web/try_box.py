"""“Paste a reply, see the findings”: a text that nobody sends, checked under a rulebook while it is typed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from desk.actions import rulebooks as verbs
from desk.actions.reply import LONGEST
from desk.common.errors import DeskError
from desk.inboxes.gateway import all_networks
from desk.web.forms import Field, filled
from desk.web.guards import person
from desk.web.show.composer import KINDS
from policies.check import Checked
from policies.facts import Visibility
from policies.rulebook import Rulebook

USUAL = {"try_network": "x", "try_visibility": "public", "try_language": "nl"}
VISIBILITIES = (("public", gettext_lazy("in public")), ("private", gettext_lazy("in private")))
LANGUAGES = (("nl", gettext_lazy("Dutch")), ("en", gettext_lazy("English")), ("", gettext_lazy("not known")))


def context(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the box, as they were chosen."""
    networks = tuple((one.slug, str(one.label)) for one in all_networks())
    fields = [
        Field("try_network", gettext_lazy("Network"), "choice", choices=networks),
        Field("try_visibility", gettext_lazy("Who reads it"), "choice", choices=VISIBILITIES),
        Field("try_language", gettext_lazy("Language of the customer"), "choice", choices=LANGUAGES),
    ]
    known = {**USUAL, **{name: values[name] for name in USUAL if name in values}}
    return {"trying": filled(fields, known), "tried": values.get("try_text", "")}


def checked(request: HttpRequest, rulebook: Rulebook, now: datetime) -> Checked:
    """What the rulebook says of what stands in the box. Raises Invalid."""
    values = {**USUAL, **request.POST.dict()}
    visibility = values["try_visibility"]
    return verbs.try_text(
        person(request),
        rulebook,
        text=str(values.get("try_text", ""))[:LONGEST],
        network=values["try_network"],
        visibility=visibility if visibility in tuple(Visibility) else Visibility.PUBLIC,
        language=values["try_language"][:5],
        now=now,
    )


def answer(request: HttpRequest, rulebook: Rulebook, now: datetime) -> HttpResponse:
    """The findings, and how long the text is with the signature."""
    text = request.POST.get("try_text", "").strip()
    try:
        found = checked(request, rulebook, now)
    except DeskError as refused:
        return render(request, "desk/administration/rulebook/_tried.html", {"unclear": refused.message})
    lines = [(finding, KINDS[finding.severity]) for finding in found.findings if text]
    context = {"found": lines, "length": found.length, "text": text}
    return render(request, "desk/administration/rulebook/_tried.html", context)
