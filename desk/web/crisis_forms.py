"""The small forms of a crisis, one for each step, and how what is typed in them becomes what the verbs take."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from desk.actions.crises import crises as verbs
from desk.actions.crises import crisis_team as team
from desk.actions.crises.crisis_team import RUNNING
from desk.common.errors import DeskError, Invalid
from desk.crises.models import Crisis
from desk.drills.models import Drill
from desk.inboxes.gateway import all_networks
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.people.permissions import Permission, Role, permissions_of
from desk.tickets.models import Tier
from desk.web.forms import Field, Words, choice, number, numbers
from desk.web.show.crises import LEVEL_WORDS, levels_to_choose, may_now
from desk.web.show.crisis_plan import language, role_names
from policies.crisis_states import Event

Verb = Callable[[User, Crisis, QueryDict, int | None], object]
_REASON = gettext_lazy("Why")
_LIKELY_NEXT = ("1", "2", "3", "2")  # by the level that holds


@dataclass(frozen=True, slots=True)
class Step:
    """One step as a form. `folded`: behind its title until somebody opens it; `grave`: raises or ends a crisis."""

    name: str
    title: Promise
    button: Promise
    fields: Sequence[Field] = ()
    folded: bool = False
    grave: bool = False
    refused: DeskError | None = field(default=None)

    @property
    def prefixed(self) -> list[Field]:
        """Its fields with names of their own, because several forms stand on one page."""
        return [replace(one, name=f"{self.name}-{one.name}") for one in self.fields]


# ── scopes ───────────────────────────────────────────────────────────────────
def scope_fields(scope: Mapping[str, Any], *, counted: bool = False) -> list[Field]:
    """What is empty asks nothing, so that nothing at all is everything. `counted`: only what streams are counted by."""
    networks = tuple((network.slug, network.label) for network in all_networks())
    inboxes = tuple((str(pk), name) for pk, name in Inbox.objects.values_list("pk", "name"))
    return [
        Field(
            "networks",
            gettext_lazy("Only these networks (tick nothing for all)"),
            kind="several",
            choices=networks,
            chosen=tuple(scope.get("networks", ())),
        ),
        Field(
            "inboxes",
            gettext_lazy("Only these inboxes"),
            kind="several",
            choices=inboxes,
            chosen=tuple(map(str, scope.get("inboxes", ()))),
        ),
        Field(
            "languages",
            gettext_lazy("Only these languages"),
            required=False,
            placeholder="nl, en",
            value=", ".join(scope.get("languages", ())),
        ),
        *([] if counted else _groups(scope)),
        Field(
            "topics",
            gettext_lazy("Only what is about"),
            required=False,
            value=", ".join(scope.get("topics", ())),
            help=gettext_lazy(
                "Words of the customer, topics separated by commas: “train Haarbrug, level cross*”. All words of one "
                "topic must be there; a star stands for more letters."
            ),
        ),
    ]


def _groups(scope: Mapping[str, Any]) -> list[Field]:
    """Of inboxes, where any has a brand, and of customers."""
    brands = sorted({*scope.get("brands", ()), *Inbox.objects.exclude(brand="").values_list("brand", flat=True)})
    tiers = Field(
        "tiers",
        gettext_lazy("Only these customers"),
        kind="several",
        choices=tuple((str(value), label) for value, label in Tier.choices),
        chosen=tuple(map(str, scope.get("tiers", ()))),
    )
    named = Field(
        "brands",
        gettext_lazy("Only these brands"),
        kind="several",
        choices=tuple((one, one) for one in brands),
        chosen=tuple(scope.get("brands", ())),
    )
    return [named, tiers] if brands else [tiers]


def scope_values(values: QueryDict) -> dict[str, Any]:
    return {
        "networks": values.getlist("networks"),
        "inboxes": numbers(values, "inboxes"),
        "languages": _commas(values.get("languages", "")),
        "topics": _commas(values.get("topics", "")),
        "brands": values.getlist("brands"),
        "tiers": numbers(values, "tiers"),
    }


def start_fields(scope: Mapping[str, Any]) -> list[Field]:
    levels: list[tuple[str, Words]] = [(str(int(level)), words) for level, words in LEVEL_WORDS.items()]
    return [
        Field("reason", gettext_lazy("What is happening?")),
        Field("level", gettext_lazy("Level"), kind="choice", choices=(*levels[1:], levels[0]), value="1"),
        Field(
            "name",
            gettext_lazy("Name"),
            required=False,
            help=gettext_lazy("Stands above every screen. Left empty, it is the beginning of what is happening."),
        ),
        *scope_fields(scope),
    ]


def drill_field(drill: Drill | None, chosen: str) -> list[Field]:
    """While a drill runs, whoever starts a crisis says whether it is that one's."""
    if drill is None:
        return []
    words = gettext_lazy("Only of the drill that runs")
    return [Field("drill", words, kind="tick", value=chosen, help=gettext_lazy("Nothing real is touched by it."))]


def start_values(values: QueryDict) -> dict[str, Any]:
    """What the verb takes. Raises Invalid."""
    texts = {name: values.get(name, "") for name in ("reason", "name")}
    return {**texts, "level": number(values, "level"), "scope": scope_values(values), "drill": "drill" in values}


# ── steps ────────────────────────────────────────────────────────────────────
def steps(crisis: Crisis, reader: User, now: datetime) -> list[Step]:
    """What this person may do with it now, the likeliest first."""
    if not reader.may(Permission.MANAGE_CRISES):
        return []
    may = may_now(crisis)
    found = []
    standing = crisis.standing
    if standing.waits_for_second and not standing.has_lapsed(now) and crisis.asked_by_id != reader.pk:
        found.append(Step("confirm", gettext_lazy("Second person"), gettext_lazy("Confirm level 3"), grave=True))
    if Event.ACTIVATE in may or Event.SET_LEVEL in may:
        choices = tuple(levels_to_choose(crisis, now))
        level = Field(
            "level", gettext_lazy("Level"), "choice", choices=choices, value=_LIKELY_NEXT[crisis.level_at(now)]
        )
        starts = Event.ACTIVATE in may
        found.append(
            Step(
                "level",
                gettext_lazy("Start it") if starts else gettext_lazy("Change level"),
                gettext_lazy("Start it") if starts else gettext_lazy("Set the level"),
                (level, Field("reason", _REASON)),
                grave=True,
            )
        )
    text = Field("text", gettext_lazy("What was decided or seen"), kind="area")
    found.append(Step("note", gettext_lazy("Write in the log"), gettext_lazy("Write it down"), (text,)))
    if Event.STAND_DOWN in may:
        found.append(
            Step("stand-down", gettext_lazy("Stand down"), gettext_lazy("Stand down"), (Field("reason", _REASON),),
                 folded=True, grave=True)
        )  # fmt: skip
    if Event.REVIEW in may:
        learnt = Field("conclusion", gettext_lazy("What was learnt"), kind="area")
        found.append(Step("review", gettext_lazy("Close the review"), gettext_lazy("Close the review"), (learnt,)))
    if Event.CHANGE_SCOPE in may:
        fields = (*scope_fields(crisis.scope_form), Field("reason", _REASON))
        found.append(
            Step("scope", gettext_lazy("Change its scope"), gettext_lazy("Change the scope"), fields, folded=True)
        )
    if Event.HAND_OVER in may:
        found.append(
            Step("owner", gettext_lazy("Hand it over"), gettext_lazy("Hand it over"), (_owner(crisis),), folded=True)
        )
    if crisis.plan is not None and crisis.state in RUNNING:
        found.append(
            Step("roles", gettext_lazy("Hand out roles"), gettext_lazy("Keep the roles"), tuple(role_fields(crisis)),
                 folded=True)
        )  # fmt: skip
    if Event.DISMISS in may:
        found.append(
            Step("dismiss", gettext_lazy("It is no crisis"), gettext_lazy("Dismiss it"), (Field("reason", _REASON),),
                 folded=True)
        )  # fmt: skip
    return found


def role_fields(crisis: Crisis) -> list[Field]:
    """A choice of colleagues for each role of its plan; nobody is a choice too."""
    people = [(str(one.pk), one.name) for one in User.objects.filter(is_active=True).order_by("first_name", "username")]
    choices: tuple[tuple[str, Words], ...] = (("", gettext_lazy("Nobody")), *people)
    return [
        Field(key, name, "choice", choices=choices, value=str(crisis.role_holders.get(key, "")), required=False)
        for key, name in role_names(crisis, language()).items()
    ]


def role_values(crisis: Crisis, values: QueryDict) -> dict[str, int | None]:
    return {key: choice(values, key) for key in role_names(crisis, language()) if key in values}


TAKE: Mapping[str, Verb] = {
    "roles": lambda who, crisis, values, seen: team.give_roles(
        who, crisis.pk, role_values(crisis, values), version=seen
    ),
    "confirm": lambda who, crisis, values, seen: verbs.confirm(who, crisis.pk, version=seen),
    "level": lambda who, crisis, values, seen: verbs.set_level(
        who, crisis.pk, number(values, "level"), reason=values.get("reason", ""), version=seen
    ),
    "note": lambda who, crisis, values, seen: verbs.note(who, crisis.pk, values.get("text", "")),
    "stand-down": lambda who, crisis, values, seen: verbs.stand_down(
        who, crisis.pk, reason=values.get("reason", ""), version=seen
    ),
    "dismiss": lambda who, crisis, values, seen: verbs.dismiss(
        who, crisis.pk, reason=values.get("reason", ""), version=seen
    ),
    "review": lambda who, crisis, values, seen: verbs.review(
        who, crisis.pk, conclusion=values.get("conclusion", ""), version=seen
    ),
    "scope": lambda who, crisis, values, seen: verbs.change_scope(
        who, crisis.pk, scope_values(values), reason=values.get("reason", ""), version=seen
    ),
    "owner": lambda who, crisis, values, seen: verbs.hand_over(who, crisis.pk, number(values, "owner"), version=seen),
}


def of_step(values: QueryDict, name: str) -> QueryDict:
    """What was typed in one form, with the names that the verbs know."""
    plain = QueryDict(mutable=True)
    for key in values:
        if key.startswith(f"{name}-"):
            plain.setlist(key.removeprefix(f"{name}-"), values.getlist(key))
    return plain


def at_fields(refused: DeskError, name: str) -> DeskError:
    """The same refusal with its problems at the fields of one form."""
    if not isinstance(refused, Invalid):
        return refused
    return Invalid(refused.message, errors={f"{name}-{field}": said for field, said in refused.errors.items()})


def managers() -> list[tuple[str, str]]:
    """Everybody to whom a crisis may be given."""
    roles = [role for role in Role.values if Permission.MANAGE_CRISES in permissions_of(role)]
    return [(str(one.pk), one.name) for one in User.objects.filter(is_active=True, role__in=roles)]


def _owner(crisis: Crisis) -> Field:
    return Field(
        "owner",
        gettext_lazy("Owner"),
        kind="choice",
        choices=tuple(managers()),
        value=str(crisis.owner_id or ""),
    )


def _commas(typed: str) -> list[str]:
    return [part.strip() for part in typed.split(",") if part.strip()]
