"""A crisis's chain and call-up in words: the lines of the log, what runs now, and a chain of a plan."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.actions.crises.escalation import may_acknowledge, running_of
from desk.actions.crises.escalation_named import Known
from desk.alerts.models import CrisisMessage
from desk.crises.models import CallUp, Crisis, Escalation, EscalationStep
from desk.people.models import User
from desk.web.show import times
from policies.crisis_plan import LevelPlan
from policies.escalation import Chain, Group, Means, Step, Why, clock

STEPS_SHOWN = 20
GROUPS: Mapping[str, Promise] = {
    Group.OWNER: gettext_lazy("the owner of the crisis"),
    Group.MANAGERS: gettext_lazy("whoever manages crises and is on duty"),
}
MEANS: Mapping[str, Promise] = {
    Means.MAIL: gettext_lazy("e-mail"),
    Means.TEXT: gettext_lazy("text message"),
}
_WHY: Mapping[str, Promise] = {
    Why.LEVEL: gettext_lazy("the level is too low"),
    Why.HOURS: gettext_lazy("it is outside its hours"),
    Why.NOBODY: gettext_lazy("it reaches nobody"),
    Why.ACKNOWLEDGED: gettext_lazy("somebody has acknowledged"),
}
_COMES: Mapping[bool | None, Promise] = {
    True: gettext_lazy("comes"),
    False: gettext_lazy("can’t come"),
    None: gettext_lazy("no answer yet"),
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of what one person or webhook was told. `bad`: some of it did not arrive."""

    whom: str
    words: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class StepTold:
    """A step that was told or passed over, with its receipts."""

    at: datetime
    hour: str
    words: str
    receipts: list[Receipt]


@dataclass(frozen=True, slots=True)
class Coming:
    """One who was called up."""

    name: str
    words: str
    comes: bool | None


@dataclass(frozen=True, slots=True)
class ChainShown:
    """A crisis's chain as its page shows it. `waits`: somebody's word is asked for."""

    words: str
    waits: bool
    may_acknowledge: bool
    steps: list[StepTold]
    coming: list[Coming]
    asked: bool  # the reader was called up
    comes: bool | None  # what they said
    over: bool


def chain_words(data: Mapping[str, Any], people: Mapping[int, str]) -> dict[str, object]:
    """What fills the sentences of the log that are about chains."""
    means = _means(data.get("means", ""))
    told = [people.get(pk, f"#{pk}") for pk in data.get("people", ())]
    if count := len(data.get("webhooks", ())):
        told.append(ngettext("%(count)d webhook", "%(count)d webhooks", count) % {"count": count})
    return {
        "step": data.get("step", ""),
        "people": ", ".join(told) or "–",
        "why": _WHY.get(data.get("why", ""), ""),
        "means": means,
        "from_means": _(" from the %(means)s") % {"means": means} if means else "",
        "problem": _problem(data.get("problem", "")),
        "comes": _COMES.get(data.get("comes"), ""),
    }


def chain_shown(crisis: Crisis, reader: User, now: datetime) -> ChainShown | None:
    """None where this crisis has neither chain nor call-up. Seven queries."""
    newest = running_of(crisis) or Escalation.objects.filter(crisis=crisis).first()
    called = list(CallUp.objects.filter(crisis=crisis).select_related("user"))
    if newest is None and not called:
        return None
    own = next((one for one in called if one.user_id == reader.pk), None)
    running = newest is not None and newest.stopped_at is None
    waits = newest is not None and running and newest.acknowledged_at is None
    return ChainShown(
        words=standing(newest, now) if newest is not None else "",
        waits=waits,
        may_acknowledge=waits and newest is not None and may_acknowledge(reader, newest),
        steps=_steps(crisis, now),
        coming=[Coming(one.user.name, str(_COMES[one.comes]), one.comes) for one in called],
        asked=own is not None,
        comes=own.comes if own is not None else None,
        over=crisis.state != Crisis.State.ACTIVE,
    )


def standing(row: Escalation, now: datetime) -> str:
    """Where a chain is, in a sentence."""
    if row.stopped_at is not None:
        return _("Stopped: %(why)s.") % {"why": row.get_stopped_why_display()}
    if row.acknowledged_at is not None:
        who = row.acknowledged_by.name if row.acknowledged_by else ""
        said = {"name": who, "time": times.exact(row.acknowledged_at, now)}
        words = _("%(name)s sees to it since %(time)s.") % said
        if row.look_at is not None:
            words += " " + _("The chain begins again at %(time)s.") % {"time": times.exact(row.look_at, now)}
        return words
    if row.due_at is None:
        return _("Everybody has been called, and nobody has acknowledged.")
    return _("Nobody has acknowledged yet. Next at %(time)s.") % {"time": times.exact(row.due_at, now)}


def _steps(crisis: Crisis, now: datetime) -> list[StepTold]:
    """The newest first, with what became of each message."""
    rows = EscalationStep.objects.filter(escalation__crisis=crisis).exclude(passed=Why.ACKNOWLEDGED)
    steps = list(rows.select_related("escalation").order_by("-id")[:STEPS_SHOWN])
    sent: dict[int, list[CrisisMessage]] = {}
    messages = CrisisMessage.objects.filter(step__in=steps).select_related("user", "webhook").order_by("user", "id")
    for message in messages:
        sent.setdefault(message.step_id or 0, []).append(message)
    return [
        StepTold(
            step.at,
            times.exact(step.at, now),
            _step_words(step),
            _receipts(sent.get(step.pk, ()), now),
        )
        for step in steps
    ]


def _step_words(step: EscalationStep) -> str:
    values = {"step": step.step + 1, "level": step.escalation.level, "why": _WHY.get(step.passed, "")}
    if step.passed:
        return _("Level %(level)d, step %(step)d passed over: %(why)s") % values
    return _("Level %(level)d, step %(step)d") % values


def _receipts(messages: Iterable[CrisisMessage], now: datetime) -> list[Receipt]:
    """One for each person or webhook, by whatever means."""
    told: dict[str, list[CrisisMessage]] = {}
    for message in messages:
        whom = message.user.name if message.user else (message.webhook.name if message.webhook else "")
        told.setdefault(whom, []).append(message)
    bad = (CrisisMessage.State.FAILED, CrisisMessage.State.UNKNOWN)
    return [
        Receipt(whom, " · ".join(_became(one, now) for one in own), any(one.state in bad for one in own))
        for whom, own in told.items()
    ]


def _became(message: CrisisMessage, now: datetime) -> str:
    means = _means(message.means)
    if message.state == CrisisMessage.State.UNKNOWN:
        said = {"means": means, "problem": _problem(message.problem)}
        return _("%(means)s: not certain whether it arrived. %(problem)s") % said
    if message.state == CrisisMessage.State.FAILED:
        return _("%(means)s: not sent. %(problem)s") % {"means": means, "problem": _problem(message.problem)}
    if message.delivered_at is not None:
        return _("%(means)s: delivered %(time)s") % {"means": means, "time": times.exact(message.delivered_at, now)}
    if message.sent_at is not None:
        return _("%(means)s: sent %(time)s") % {"means": means, "time": times.exact(message.sent_at, now)}
    return _("%(means)s: on its way") % {"means": means}


def _problem(words: str) -> str:
    """In the reader's language where it is a sentence of the desk's own; what others said stays as they said it."""
    return _(words) if words else ""


def _means(means: str) -> str:
    return str(CrisisMessage.Means(means).label) if means else ""


# ── a chain of a plan ────────────────────────────────────────────────────────
def steps_in_words(chain: Chain, known: Known, roles: Mapping[str, str]) -> list[str]:
    """Each step as a line."""
    return [_in_words(step, known, roles) for step in chain.steps]


def call_up_in_words(level: LevelPlan, known: Known) -> list[str]:
    """Who is called up and who gets the tickets, as sentences."""
    said = []
    if level.call_up:
        names = ", ".join(known.teams.get(pk, f"#{pk}") for pk in level.call_up)
        said.append(_("Called up when off duty: %(names)s.") % {"names": names})
    if level.team:
        said.append(_("Its tickets go to team %(name)s.") % {"name": known.teams.get(level.team, f"#{level.team}")})
    return said


def chain_end(chain: Chain) -> str:
    """What happens behind the last step."""
    said = []
    if chain.repeat:
        said.append(
            ngettext("Begins again once where nobody answers.", "Begins again %(count)d times where nobody answers.",
                     chain.repeat) % {"count": chain.repeat}
        )  # fmt: skip
    if chain.return_minutes:
        said.append(
            ngettext(
                "Comes back %(count)d minute after an acknowledgement while the crisis lasts.",
                "Comes back %(count)d minutes after an acknowledgement while the crisis lasts.",
                chain.return_minutes,
            ) % {"count": chain.return_minutes}
        )  # fmt: skip
    return " ".join(said)


def _in_words(step: Step, known: Known, roles: Mapping[str, str]) -> str:
    whom = [str(GROUPS[group]) for group in step.to]
    whom += [roles.get(role, role) for role in step.roles]
    whom += [known.people.get(pk, f"#{pk}") for pk in step.people]
    whom += [_("team %(name)s") % {"name": known.teams.get(pk, f"#{pk}")} for pk in step.teams]
    whom += [_("on call: %(name)s") % {"name": known.rotas.get(pk, f"#{pk}")} for pk in step.rotas]
    whom += [_("webhook %(name)s") % {"name": known.webhooks.get(pk, f"#{pk}")} for pk in step.webhooks]
    parts = [", ".join(whom), ", ".join([_("bell"), *(str(MEANS[means]) for means in step.by)])]
    parts.append(ngettext("waits %(count)d minute", "waits %(count)d minutes", step.wait_minutes) % {
        "count": step.wait_minutes
    })  # fmt: skip
    if step.repeat:
        again = ngettext("once more", "%(count)d times more", step.repeat) % {"count": step.repeat}
        parts.append(again)
    only = step.only_if
    if only.level:
        parts.append(_("only from level %(level)d on") % {"level": only.level})
    if only.hours is not None:
        values = {"start": clock(only.hours.start), "end": clock(only.hours.end), "zone": only.hours.timezone}
        parts.append(_("only from %(start)s to %(end)s, %(zone)s") % values)
    if not only.unacknowledged:
        parts.append(_("also when somebody has acknowledged"))
    return " · ".join(parts)
