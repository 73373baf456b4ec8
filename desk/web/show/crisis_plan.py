"""What the plan of a crisis asks of its team, and a plan in plain words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from desk.actions.crises.escalation_named import Known
from desk.actions.customers.masking import Eyes
from desk.actions.sla.sla_profiles import profiles_in_force
from desk.crises.checklist import ToDo
from desk.crises.models import Crisis
from desk.people.models import User
from desk.people.permissions import Permission
from desk.replies.models import Reply
from desk.tickets.models import Message
from desk.web.show import text, times
from desk.web.show.crises import LEVEL_WORDS
from desk.web.show.escalation import call_up_in_words, chain_end, steps_in_words
from policies.crisis_plan import LANGUAGES, CrisisPlan, Gate, GateLine, LevelPlan

VISIBILITIES: Mapping[str, Promise] = {
    "public": gettext_lazy("public replies"),
    "private": gettext_lazy("private replies"),
    "post": gettext_lazy("own posts"),
    "": gettext_lazy("all replies and own posts"),
}
_GATES: Mapping[Gate, Promise] = {
    Gate.FREE: gettext_lazy("%(what)s leave"),
    Gate.APPROVE: gettext_lazy("%(what)s: a colleague approves them first"),
    Gate.HOLD: gettext_lazy("%(what)s are held until whoever leads the crisis lets them go"),
    Gate.BLOCK: gettext_lazy("%(what)s can't be sent"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the checklist."""

    key: str
    words: str
    role: str
    holder: str
    done: bool
    when: str  # “by 14:30”, or who ticked it and when
    late: bool
    may_tick: bool


@dataclass(frozen=True, slots=True)
class Role:
    name: str
    holder: str


@dataclass(frozen=True, slots=True)
class Held:
    """A reply that waits for a decision, and what its customer has said since."""

    reply: int
    ticket: int
    customer: str
    author: str
    how: str
    written: str
    words: SafeString
    language: str
    newer: list[tuple[str, SafeString]]
    may_release: bool


@dataclass(frozen=True, slots=True)
class LevelInWords:
    """What one level does, as sentences."""

    title: str
    sentences: list[str]
    instructions: str
    tasks: list[str]
    number: int
    calls: list[str]  # the steps of its chain
    calls_end: str


def language() -> str:
    """The reader's, as far as plans are written in it."""
    asked = (get_language() or "en")[:2]
    return asked if asked in LANGUAGES else "en"


def tasks(
    todo: Sequence[ToDo], crisis: Crisis, reader: User, people: Mapping[int, str], language: str, now: datetime
) -> list[Task]:
    """`people`: the names of whoever holds a role."""
    roles = role_names(crisis, language)
    manages = reader.may(Permission.MANAGE_CRISES)
    at = crisis.ended_at or now  # what was not due yet when it ended is late no more
    return [
        Task(
            one.task.key,
            one.task.text[language],
            roles.get(one.task.role, ""),
            people.get(crisis.role_holders.get(one.task.role, 0), ""),
            one.done is not None,
            _when(one, now),
            one.done is None and one.due_at < at,
            manages or (bool(one.task.role) and crisis.role_holders.get(one.task.role) == reader.pk),
        )
        for one in todo
    ]


def roles(crisis: Crisis, people: Mapping[int, str], language: str) -> list[Role]:
    """All roles of the plan, with or without somebody in them."""
    return [
        Role(name, people.get(crisis.role_holders.get(key, 0), ""))
        for key, name in role_names(crisis, language).items()
    ]


def role_names(crisis: Crisis, language: str) -> dict[str, str]:
    """By their keys; comes with its plan."""
    return {key: name[language] for key, name in crisis.kept_plan.roles.items()} if crisis.kept_plan else {}


def task_names(crisis: Crisis, language: str) -> dict[str, str]:
    """By their keys, of all levels."""
    return {task.key: task.text[language] for _level, task in crisis.kept_plan.tasks_to(3)} if crisis.kept_plan else {}


def held(reply: Reply, newer: Sequence[Message], reader: User, now: datetime, *, gate_stands: bool) -> Held:
    """Comes with author, ticket and its profile."""
    profile, eyes = reply.ticket.profile, Eyes(reader)
    private = reply.visibility == Reply.Visibility.PRIVATE
    return Held(
        reply.pk,
        reply.ticket_id,
        text.name(profile.name, profile.handle, profile.external_id),
        reply.author.name,
        _("private message") if private else _("public reply"),
        times.exact(reply.submitted_at, now),
        text.said(eyes.read(reply.text, by=reply.author_id)),
        reply.ticket.language,
        [(times.exact(one.created_at, now), text.said(eyes.read(one.text))) for one in newer],
        reader.may(Permission.MANAGE_CRISES) or not gate_stands,
    )


# ── a plan in plain words ────────────────────────────────────────────────────
def in_words(
    plan: CrisisPlan, language: str, networks: Mapping[str, str], inboxes: Mapping[int, str]
) -> list[LevelInWords]:
    """Level by level."""
    names, known = {key: name[language] for key, name in plan.roles.items()}, Known.now()
    profiles = profiles_in_force()
    return [
        LevelInWords(
            str(LEVEL_WORDS[level]),
            [
                *_sentences(said, networks, inboxes),
                *_response_times(said, profiles),
                *call_up_in_words(said, known),
                *([_("A swarm opens, in which those who work on it talk.")] if said.swarm else []),
            ],
            said.instructions[language],
            [_task_words(task.text[language], task.due_minutes, names.get(task.role, "")) for task in said.checklist],
            level,
            steps_in_words(said.escalation, known, names),
            chain_end(said.escalation) if said.escalation.steps else "",
        )
        for level, said in plan.levels.items()
    ]


def gate_lines(crisis: Crisis, level: int, networks: Mapping[str, str], inboxes: Mapping[int, str]) -> list[str]:
    """What may leave now, as sentences; nothing while it has no effect. Comes with its plan."""
    plan = crisis.kept_plan if level else None
    return list(_sentences(plan.levels[level], networks, inboxes)) if plan else []


def _sentences(level: LevelPlan, networks: Mapping[str, str], inboxes: Mapping[int, str]) -> list[str]:
    said = [_line(line, networks, inboxes) for line in level.gates] or [_("All replies leave")]
    if level.pause_scheduled:
        said.append(_("Replies that were put off are held when their time comes"))
    if level.pause_templates:
        said.append(_("No other canned response is on offer than those that are named here"))
    if level.pause_assignment:
        said.append(_("The desk gives its tickets to nobody by itself"))
    if level.statements:
        said.append(_("Offered first: %(names)s") % {"names": ", ".join(level.statements)})
    return [sentence[:1].upper() + sentence[1:] + "." for sentence in said]


def _response_times(level: LevelPlan, profiles: Mapping[str, list[str]]) -> Iterator[str]:
    """`profiles`: the names of the policies of each."""
    if not level.sla_profile:
        return
    if policies := profiles.get(level.sla_profile):
        yield _("Response times go by the profile “%(profile)s”: %(policies)s.") % {
            "profile": level.sla_profile, "policies": ", ".join(policies),
        }  # fmt: skip
    else:
        yield _("Response times go by the profile “%(profile)s”, which no policy in force has any more.") % {
            "profile": level.sla_profile
        }


def _line(line: GateLine, networks: Mapping[str, str], inboxes: Mapping[int, str]) -> str:
    what = [str(VISIBILITIES[line.visibility])]
    if line.networks:
        what.append(_("on %(names)s") % {"names": ", ".join(networks.get(slug, slug) for slug in line.networks)})
    if line.inboxes:
        names = ", ".join(inboxes.get(pk, f"#{pk}") for pk in line.inboxes)
        what.append(_("of inbox %(names)s") % {"names": names})
    return str(_GATES[line.gate]) % {"what": " ".join(what)}


def _task_words(words: str, minutes: int, role: str) -> str:
    within = ngettext("within %(count)d minute", "within %(count)d minutes", minutes) % {"count": minutes}
    return " · ".join(part for part in (words, within, role) if part)


def _when(one: ToDo, now: datetime) -> str:
    if one.done is None:
        return _("by %(time)s") % {"time": times.exact(one.due_at, now)}
    who = one.done.actor.name if one.done.actor else _("the desk itself")
    return _("%(name)s, %(time)s") % {"name": who, "time": times.exact(one.done.at, now)}
