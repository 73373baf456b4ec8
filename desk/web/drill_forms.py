"""The forms of drills, and how what is typed in them becomes what the verbs take."""

from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.drills.drills import Wish
from desk.common.errors import Invalid
from desk.drills.models import Drill
from desk.drills.scenarios import shipped
from desk.drills.stage import plays
from desk.inboxes.gateway import all_networks
from desk.inboxes.models import Inbox
from desk.people.models import Team
from desk.rulebooks import text as as_text
from desk.web import asked, typed_documents
from desk.web.forms import Field, choice, number
from desk.web.show.crises import LEVEL_WORDS
from desk.web.show.drills import in_language

OWN = "own"  # a scenario that somebody wrote
NO_LANGUAGE = "und"
SPEEDS = (1, 2, 5, 10, 20, 60)


def plan_fields() -> list[Field]:
    """What a drill needs; those of a drill that is there are filled in by `known`."""
    inboxes = Inbox.objects.filter(drill=True).values_list("pk", "name")
    return [
        Field(
            "scenario",
            gettext_lazy("Scenario"),
            kind="choice",
            choices=(
                *((key, in_language(one.title)) for key, one in shipped().items()),
                (OWN, gettext_lazy("One of our own, below")),
            ),
        ),
        Field(
            "inbox",
            gettext_lazy("Where the customers write"),
            kind="choice",
            choices=tuple((str(pk), name) for pk, name in inboxes),
        ),
        Field("language", gettext_lazy("Language"), kind="choice", choices=tuple(Drill.Language.choices)),
        Field(
            "speed",
            gettext_lazy("Speed"),
            kind="choice",
            choices=tuple((str(speed), _("%(count)d×") % {"count": speed}) for speed in SPEEDS),
            help=gettext_lazy(
                "Customers write that many times as fast. Targets are measured in real time all the same."
            ),
        ),
        Field(
            "announced",
            gettext_lazy("Announce it"),
            kind="tick",
            help=gettext_lazy("Everybody gets a notice when it starts. Its tickets are marked either way."),
        ),
        Field("name", gettext_lazy("Name"), required=False, help=gettext_lazy("Left empty, it is the scenario's.")),
        Field(
            "planned_at",
            gettext_lazy("Starts by itself"),
            kind="moment",
            required=False,
            help=gettext_lazy("Left empty, somebody starts it by hand. Who leads drills is reminded a day before."),
        ),
        Field(
            "repeat_days",
            gettext_lazy("Again after so many days"),
            kind="number",
            required=False,
            help=gettext_lazy("A plan lapses after the days that it says itself, 180 where it says nothing."),
        ),
        Field(
            "document",
            gettext_lazy("A scenario of our own, in YAML"),
            kind="area",
            required=False,
            language=NO_LANGUAGE,
        ),
    ]


def wish_of(values: QueryDict) -> Wish:
    """Raises Invalid."""
    scenario = values.get("scenario", "")
    document = typed_documents.read(values.get("document", "")) if scenario == OWN else None
    return Wish(
        inbox_id=choice(values, "inbox") or 0,
        scenario=scenario,
        document=document,
        name=values.get("name", ""),
        language=values.get("language", ""),
        speed=number(values, "speed"),
        announced="announced" in values,
        planned_at=_moment(values, "planned_at"),
        repeat_days=choice(values, "repeat_days"),
    )


def known(drill: Drill) -> dict[str, Any]:
    """What the fields of a drill show that is there."""
    scenario = drill.scenario
    same = shipped().get(scenario.key)
    own = same is None or same.document != drill.scenario_form
    return {
        "scenario": OWN if own else scenario.key,
        "inbox": drill.inbox_id,
        "language": drill.language,
        "speed": drill.speed,
        "announced": "on" if drill.announced else "",
        "name": drill.name,
        "planned_at": f"{timezone.localtime(drill.planned_at):%Y-%m-%dT%H:%M}" if drill.planned_at else "",
        "repeat_days": drill.repeat_days or "",
        "document": as_text.written(drill.scenario_form, "yaml") if own else "",
    }


def at_the_text(refused: Invalid) -> Invalid:
    """The same with each problem of a scenario below its text, the path before it."""
    errors: dict[str, list[Any]] = {}
    for path, said in refused.errors.items():
        name, _dot, inner = path.partition(".")
        errors.setdefault(name, []).extend(f"{inner}: {words}" if inner else words for words in said)
    return Invalid(refused.message, errors=errors)


def inbox_fields() -> list[Field]:
    return [
        Field("name", gettext_lazy("Name")),
        Field(
            "network",
            gettext_lazy("Network"),
            kind="choice",
            choices=tuple((one.slug, one.label) for one in all_networks() if plays(one.slug)),
        ),
        Field(
            "team",
            gettext_lazy("Team that answers"),
            kind="choice",
            choices=(
                ("", gettext_lazy("No team")),
                *((str(pk), name) for pk, name in Team.objects.values_list("pk", "name")),
            ),
        ),
    ]


def real_fields(level: int) -> list[Field]:
    """Turning a drill into the real thing."""
    levels = tuple((str(int(one)), words) for one, words in LEVEL_WORDS.items() if one)
    return [
        Field("reason", gettext_lazy("What is happening?")),
        Field("level", gettext_lazy("Level"), kind="choice", choices=levels, value=str(level or 1)),
    ]


def _moment(values: QueryDict, name: str) -> Any:
    try:
        return asked.moment(values.get(name, ""))
    except Invalid as problem:
        raise Invalid(problem.message, errors={name: [problem.message]}) from None
