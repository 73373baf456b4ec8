"""The report of a crisis on paper: what its page says, in the same order and the same words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from desk.actions.crises.crisis_report import Action, Approvals, CrisisReport
from desk.actions.reports.wallboard_figures import Today
from desk.common.dates import date_format
from desk.crises.models import Crisis, CrisisEntry
from desk.web.paper import Paper
from desk.web.show import times
from desk.web.show.crises import BROKEN, Told
from desk.web.show.numbers import grouped
from desk.web.show.war_room import Plot, PostShown


@dataclass(frozen=True, slots=True)
class Parts:
    """What the page of the report shows, as its reader may see it."""

    crisis: Crisis
    standing: str
    scope: str
    report: CrisisReport
    found: Sequence[str]  # what swarms found
    plot: Plot
    posts: Sequence[PostShown]
    log: Sequence[Told]
    now: datetime


def pdf_of(parts: Parts) -> bytes:
    """The whole report."""
    crisis = parts.crisis
    title = _("Report: %(name)s") % {"name": crisis.name}
    paper = Paper(title, get_language() or "en")
    owner = crisis.owner.name if crisis.owner else "–"
    led = _("%(scope)s; led by %(owner)s") % {"scope": parts.scope, "owner": owner}
    as_of = _("As of %(time)s.") % {"time": date_format(localtime(parts.now), "j M Y H:i")}
    paper.title_of(title, f"{parts.standing} · {led} · {as_of}")
    if not crisis.ended_at:
        paper.said(_("The crisis is not over: these are the figures so far."))
    _text(paper, _("Summary"), parts.report.summary, parts.now)
    if parts.found:
        paper.heading(_("What the swarm found"))
        for finding in parts.found:
            paper.said(finding)
    _times(paper, parts)
    _responses(paper, parts.report)
    _curve(paper, parts.plot)
    _blind(paper, parts.report)
    _posts(paper, parts.posts)
    _on_call(paper, parts)
    _text(paper, _("What worked"), parts.report.worked, parts.now)
    _actions(paper, parts.report.actions, parts.now)
    _log(paper, parts)
    return paper.bytes()


def _text(paper: Paper, title: str, found: CrisisEntry | None, now: datetime) -> None:
    paper.heading(title)
    if found is None:
        paper.muted(_("Nobody has written one yet."))
        return
    paper.said(found.text)
    by = found.actor.name if found.actor else "–"
    paper.muted(_("by %(name)s, %(time)s") % {"name": by, "time": times.exact(found.at, now)})


def _times(paper: Paper, parts: Parts) -> None:
    found = parts.report.times
    paper.heading(_("How long it took"))
    paper.grid(
        ("", "", ""),
        [
            (_("Noticed"), _length(found.noticed), _("after its first message")),
            (_("Started"), _length(found.started), _("after it was noticed")),
            (_("Acknowledged"), _length(found.acknowledged), _("after its start")),
            (_("Level 3 confirmed"), _length(found.confirmed), _("after it was asked for")),
            (_("First answer"), _length(found.answered), _("after its start")),
            (_("First statement"), _length(found.stated), _("after its start")),
            (_("Approvals"), _length(parts.report.approvals.median), _decided(parts.report.approvals)),
            (_("Lasted"), _length(found.lasted), _since(parts)),
        ],
        (4, 2, 5),
    )


def _responses(paper: Paper, report: CrisisReport) -> None:
    paper.heading(_("First responses"), _("to what came in while it was active"))
    inside = ngettext("In the crisis, 1 ticket", "In the crisis, %(number)s tickets", report.tickets)
    head = ("", _("On time"), _("Met"), _("Breached"), _("Unanswered"), _("Median"))
    rows = [
        (inside % {"number": grouped(report.tickets)}, *_of(report.inside)),
        (_("Outside it"), *_of(report.outside)),
    ]
    paper.grid(head, rows, (5, 2, 2, 2, 2, 2))


def _curve(paper: Paper, plot: Plot) -> None:
    step = _("messages in steps of %(step)s, by the networks’ clocks; numbers are lines of the log") % {
        "step": plot.step
    }
    paper.heading(_("What was said"), step)
    paper.said(f"{plot.says}.")
    paper.plot(plot)
    paper.muted(_("Columns: all messages, with the negative ones at their foot. Line: our answers."))


def _blind(paper: Paper, report: CrisisReport) -> None:
    if not report.gaps:
        return
    paper.heading(_("When we were blind"))

    def told(moment: datetime | None) -> str:
        return date_format(localtime(moment), "j M H:i") if moment else _("now")

    rows = [(one.what, told(one.started_at), told(one.ended_at), one.get_reason_display()) for one in report.gaps]
    paper.grid((_("Inbox"), _("From"), _("To"), _("Why")), rows, (4, 2, 2, 6))


def _posts(paper: Paper, posts: Sequence[PostShown]) -> None:
    paper.heading(_("Posts with the greatest reach"))
    if not posts:
        paper.muted(_("No public post yet."))
    for post in posts:
        followers = ngettext("1 follower", "%(number)s followers", post.reach) % {"number": grouped(post.reach)}
        paper.said(" ".join(post.text.split()))
        paper.muted(f"{post.tile.label} · {post.name} · {followers} · {post.hour}")


def _on_call(paper: Paper, parts: Parts) -> None:
    if not parts.report.on_call:
        return
    paper.heading(_("Who was on call"), _("by the rotas of its plan, as the desk knew it then"))
    swapped = _("stands in")
    rows = [
        (
            one.rota.name,
            (one.user.name if one.user else _("nobody")) + (f" ({swapped})" if one.swapped else ""),
            times.exact(one.starts_at, parts.now),
            times.exact(one.ends_at, parts.now),
        )
        for one in parts.report.on_call
    ]
    paper.grid((_("Rota"), _("Who"), _("From"), _("Until")), rows, (3, 4, 3, 3))


def _decided(found: Approvals) -> str:
    if not found.decided:
        return _("none was asked for")
    words = ngettext("one, decided", "median of %(count)d, at most %(longest)s", found.decided)
    return words % {"count": found.decided, "longest": _length(found.longest)}


def _actions(paper: Paper, actions: Sequence[Action], now: datetime) -> None:
    paper.heading(_("What we do about it"))
    if not actions:
        paper.muted(_("Nothing yet."))
        return
    today = localtime(now).date()
    head = (_("What"), _("Who"), _("Until"), _("State"))
    rows = [(one.text, one.owner.name if one.owner else "–", _day(one.due), _state(one, today, now)) for one in actions]
    paper.grid(head, rows, (6, 3, 2, 4))


def _log(paper: Paper, parts: Parts) -> None:
    crisis, broken = parts.crisis, parts.report.broken
    paper.heading(_("Decision log"))
    if broken is not None:
        words: Mapping[str, object] = {"number": broken.number, "problem": BROKEN[broken.problem]}
        paper.said(_("The log is broken at entry %(number)d: %(problem)s.") % words)
    else:
        holds = ngettext("The chain holds: %(count)d entry.", "The chain holds: %(count)d entries.", crisis.log_length)
        paper.said(holds % {"count": crisis.log_length})
    rows = [(f"{one.number} · {one.hour}", "\n".join(filter(None, (one.did, one.text))), one.who) for one in parts.log]
    paper.grid((_("When"), _("What was decided or seen"), _("Who")), rows, (3, 9, 3))
    if crisis.log_length > len(parts.log):
        paper.muted(_("The file has the rest."))
    paper.heading(_("So that it can be checked"))
    paper.muted(
        _(
            "The digest of an entry is SHA-256 over the digest before it, a line feed, and its facts as JSON. The file "
            "has the facts of every entry; who kept the last digest knows that nothing was changed since."
        )
    )
    each = [(str(entry.number), entry.digest) for entry in parts.report.entries]
    beginning, last = (_("Beginning"), parts.report.start_digest), (_("Last digest"), crisis.log_digest)
    paper.digests([beginning, *each, last])


def _of(one: Today) -> tuple[str, ...]:
    share = "–" if one.compliance is None else f"{one.compliance} %"
    return share, *map(grouped, (one.met, one.breached, one.unanswered)), _length(one.median)


def _state(one: Action, today: date, now: datetime) -> str:
    if one.done_at is None:
        return _("late") if one.is_late(today) else _("open")
    by = one.done_by.name if one.done_by else "–"
    return _("done, %(name)s, %(time)s") % {"name": by, "time": times.exact(one.done_at, now)}


def _day(day: date | None) -> str:
    return date_format(day, "j M Y") if day else "–"


def _length(length: timedelta | None) -> str:
    return times.length(length) if length is not None else "–"


def _since(parts: Parts) -> str:
    began = parts.crisis.started_at
    return _("since %(time)s") % {"time": times.exact(began, parts.now)} if began else ""
