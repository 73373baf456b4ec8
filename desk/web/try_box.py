"""“Paste a reply, see the findings”: a text that nobody sends, checked under a rulebook while it is typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from desk.actions.replies.drafts import LONGEST
from desk.actions.rulebooks import rulebooks as verbs
from desk.common.errors import DeskError
from desk.people.models import Team
from desk.rulebooks.active import in_force
from desk.web.forms import Choices, Field, Words, filled
from desk.web.guards import person
from desk.web.show import stars
from desk.web.show.composer import KINDS
from desk.web.show.rulebook_words import LANGUAGES, VISIBILITIES, networks
from policies.check import Checked
from policies.facts import Visibility
from policies.findings import Finding
from policies.rulebook import Rulebook
from policies.scopes import LEVELS, RATINGS

TEMPLATE = "desk/administration/rulebook/_tried.html"
USUAL = {"try_network": "x", "try_visibility": "public", "try_language": "nl"}
# Seldom asked for, so they are folded.
SCOPE = {"try_team": "", "try_brand": "", "try_rating": "0", "try_crisis_level": "0"}


@dataclass(frozen=True, slots=True)
class Said:
    """A finding. `new`: what is active does not find it."""

    finding: Finding
    kind: Words
    new: bool


def context(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the box, as they were chosen."""
    languages: Choices = (*LANGUAGES, ("", gettext_lazy("not known")))
    fields = [
        Field("try_network", gettext_lazy("Network"), "choice", choices=tuple(networks().items())),
        Field("try_visibility", gettext_lazy("Who reads it"), "choice", choices=VISIBILITIES),
        Field("try_language", gettext_lazy("Language of the customer"), "choice", choices=languages),
    ]
    teams: Choices = (
        ("", gettext_lazy("none")),
        *((name, name) for name in Team.objects.values_list("name", flat=True)),
    )
    levels: Choices = (("0", gettext_lazy("none")), *((str(level), str(level)) for level in LEVELS))
    ratings: Choices = (("0", gettext_lazy("it is no review")), *stars.choices())
    scope = [
        Field("try_team", gettext_lazy("Team"), "choice", choices=teams),
        Field("try_brand", gettext_lazy("Brand"), required=False),
        Field("try_rating", gettext_lazy("Stars of the review"), "choice", choices=ratings),
        Field("try_crisis_level", gettext_lazy("Crisis level"), "choice", choices=levels),
    ]
    known = {**USUAL, **SCOPE, **{name: values[name] for name in (*USUAL, *SCOPE) if name in values}}
    return {"trying": filled(fields, known), "trying_scope": filled(scope, known), "tried": values.get("try_text", "")}


def checked(request: HttpRequest, rulebook: Rulebook) -> Checked:
    """What the rulebook says of what stands in the box. Raises Invalid."""
    values = {**USUAL, **SCOPE, **request.POST.dict()}
    visibility = str(values["try_visibility"])
    return verbs.try_text(
        person(request),
        rulebook,
        text=str(values.get("try_text", ""))[:LONGEST],
        network=str(values["try_network"]),
        visibility=visibility if visibility in tuple(Visibility) else Visibility.PUBLIC,
        language=str(values["try_language"])[:5],
        brand=str(values["try_brand"]),
        team=str(values["try_team"]),
        rating=_one_of(RATINGS, values["try_rating"]),
        crisis_level=_one_of(LEVELS, values["try_crisis_level"]),
        now=timezone.now(),
    )


def example(request: HttpRequest, rulebook: Rulebook) -> dict[str, Any]:
    """What stands in the box as an example that gives what is found in it now. Raises Invalid."""
    values = {**USUAL, **SCOPE, **request.POST.dict()}
    facts: dict[str, Any] = {
        name: values[f"try_{name}"] for name in ("network", "visibility", "language", "team", "brand")
    }
    facts |= {"rating": _one_of(RATINGS, values["try_rating"])}
    facts |= {"crisis_level": _one_of(LEVELS, values["try_crisis_level"])}
    found = sorted({finding.code for finding in checked(request, rulebook).findings})
    kept = {name: value for name, value in facts.items() if value}
    return {"text": values.get("try_text", ""), **kept, "findings": found}


def verdict(request: HttpRequest, rulebook: Rulebook) -> dict[str, Any]:
    """The findings, and how long the text is with the signature; or why that can't be said."""
    if not request.POST.get("try_text", "").strip():
        return {}
    active = in_force().rulebook
    try:
        found = checked(request, rulebook)
        known = found if rulebook == active else checked(request, active)
    except DeskError as refused:
        return {"unclear": refused.message}
    before = {(finding.code, finding.start, finding.severity) for finding in known.findings}
    lines = [
        Said(finding, KINDS[finding.severity], (finding.code, finding.start, finding.severity) not in before)
        for finding in found.findings
    ]
    return {"found": lines, "any_new": any(line.new for line in lines), "length": found.length}


def _one_of(known: Sequence[int], typed: object) -> int:
    """The number that was chosen; 0 for anything else."""
    return int(str(typed)) if str(typed) in map(str, known) else 0
