"""Drills in words: how one stands, how far it has come, and its score card beside earlier ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from desk.drills.models import Beat, Drill
from desk.drills.running import Proof
from desk.web.show import times
from policies.crisis_plan import CrisisPlan
from policies.drill_scenario import Scenario
from policies.drill_score import TIMES, Card, Line, Measured, Verdict, What, score

WHAT: Mapping[What, Promise] = {
    What.DETECT: gettext_lazy("Seen, from the first post"),
    What.ACKNOWLEDGE: gettext_lazy("Taken up by a person"),
    What.LEVEL: gettext_lazy("At the level that it called for"),
    What.STATEMENT: gettext_lazy("First statement in public"),
    What.APPROVAL: gettext_lazy("Approval of a reply, median"),
    What.RESPONSES: gettext_lazy("First responses in time"),
    What.CHECKLIST: gettext_lazy("Checklist done"),
}
VERDICTS: Mapping[Verdict, Promise] = {
    Verdict.MET: gettext_lazy("met"),
    Verdict.MISSED: gettext_lazy("missed"),
    Verdict.NOTHING_TO_MEASURE: gettext_lazy("nothing to measure"),
}
FIGURES: Mapping[str, Promise] = {
    "played": gettext_lazy("Posts played"),
    "tickets": gettext_lazy("Tickets"),
    "replies": gettext_lazy("Replies written"),
    "sent": gettext_lazy("Replies sent"),
    "held": gettext_lazy("Held by the gate"),
    "approved": gettext_lazy("Approved"),
    "rejected": gettext_lazy("Rejected"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a card. `look` is a class of a tag; `before` what earlier drills had, the newest first."""

    words: str
    measured: str
    target: str
    verdict: str
    look: str
    before: list[str]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a drill has come."""

    phase: str
    number: int  # of the phase, from 1
    phases: int
    played: int
    posts: int
    problems: int
    faults: int  # that strike now
    left: str  # until it ends by itself


def in_language(text: Mapping[str, str]) -> str:
    """In the reader's language, or in English where there is none in it."""
    return text.get((get_language() or "en")[:2], text.get("en", ""))


def card(drill: Drill, earlier: Sequence[Drill]) -> list[Told]:
    """The lines of its score card with those of earlier drills beside them."""
    others = [{line.what: line for line in Card.from_json(one.card["lines"]).lines} for one in earlier]
    return [
        Told(
            str(WHAT[line.what]),
            _measured(line),
            _target(line),
            str(VERDICTS[line.verdict]),
            {Verdict.MET: "ok", Verdict.MISSED: "late"}.get(line.verdict, ""),
            [_measured(other[line.what]) if line.what in other else "–" for other in others],
        )
        for line in Card.from_json(drill.card["lines"]).lines
    ]


def figures(drill: Drill) -> list[tuple[str, int]]:
    """What happened beside the targets."""
    return [(str(words), drill.card["figures"].get(name, 0)) for name, words in FIGURES.items()]


def targets(plan: CrisisPlan) -> list[tuple[str, str]]:
    """What a drill is measured by, and how long it then counts."""
    lines = [(str(WHAT[line.what]), _target(line)) for line in score(Measured(), plan.targets).lines]
    days = plan.targets.valid_days
    return [*lines, (_("Counts as proven for"), ngettext("%(count)d day", "%(count)d days", days) % {"count": days})]


def progress(drill: Drill, now: datetime) -> Progress:
    """One query."""
    done = Q(played_at__isnull=False)
    counted = Beat.objects.filter(drill=drill).aggregate(
        played=Count("pk", filter=done & Q(kind=Beat.BeatKind.POST)),
        posts=Count("pk", filter=Q(kind=Beat.BeatKind.POST)),
        problems=Count("pk", filter=~Q(problem="")),
        begun=Count("pk", filter=done & Q(kind=Beat.BeatKind.FAULT_BEGINS)),
        mended=Count("pk", filter=done & Q(kind=Beat.BeatKind.FAULT_ENDS)),
        phase=Max("phase", filter=done),
    )
    scenario = drill.scenario
    number = counted["phase"] or 0
    return Progress(
        in_language(scenario.phases[number].name),
        number + 1,
        len(scenario.phases),
        counted["played"],
        counted["posts"],
        counted["problems"],
        counted["begun"] - counted["mended"],
        times.countdown(drill.ends_at - now) if drill.ends_at else "",
    )


def outcome(drill: Drill) -> tuple[str, str]:
    """“Passed”, with the class of a tag; how it stands where it has no score."""
    if drill.passed is None:
        return str(Drill.State(drill.state).label), "warn" if drill.state == Drill.State.RUNNING else ""
    return (_("Passed"), "ok") if drill.passed else (_("Not passed"), "late")


def about(scenario: Scenario) -> str:
    """“50 minutes, 83 posts, 3 phases”."""
    minutes = int(scenario.length.total_seconds() // 60)
    return ", ".join(
        (
            ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes},
            ngettext("%(count)d post", "%(count)d posts", scenario.posts) % {"count": scenario.posts},
            ngettext("%(count)d phase", "%(count)d phases", len(scenario.phases)) % {"count": len(scenario.phases)},
        )
    )


def proven(proof: Proof | None, now: datetime) -> tuple[str, str]:
    """“Proven on 27 Nov by Noor, Joris; lapses on 26 May 2027”, with the class of a notice."""
    if proof is None:
        return _("This plan is not proven: no drill has met its targets yet."), "warn"
    values = {
        "date": times.date_words(proof.proven_at),
        "people": ", ".join(person.name for person in proof.people),
        "until": times.date_words(proof.lapses_at),
    }
    if proof.has_lapsed(now):
        return _("Proven on %(date)s by %(people)s, and lapsed on %(until)s. Drill it again.") % values, "late"
    return _("Proven on %(date)s by %(people)s, lapses on %(until)s.") % values, ""


def names(drills: Iterable[Drill]) -> list[str]:
    """Of earlier drills, as heads of columns."""
    return [times.date_words(drill.ended_at) for drill in drills if drill.ended_at is not None]


def _measured(line: Line) -> str:
    if line.measured is None:
        return "–"
    if line.what in TIMES:
        return times.countdown(timedelta(seconds=line.measured))
    return _("%(count)s %%") % {"count": f"{line.measured:g}"}


def _target(line: Line) -> str:
    if line.what in TIMES:
        return _("within %(time)s") % {"time": times.length(timedelta(seconds=line.target))}
    return _("%(count)s %% or more") % {"count": f"{line.target:g}"}
