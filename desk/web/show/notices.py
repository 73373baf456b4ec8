"""Notices as lines of a list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from desk.actions.changes import change_links
from desk.actions.questions.question_links import token_of
from desk.alerts.models import Alert, Notification
from desk.alerts.notices import MOST_COUNTED
from desk.alerts.words import sentence
from desk.web.show import times


@dataclass(frozen=True, slots=True)
class Line:
    id: int
    words: str
    url: str
    at: datetime
    when: str
    unseen: bool
    waits: bool  # for somebody's word
    became: str  # what came of an alert


def line(notice: Notification, now: datetime) -> Line:
    """One notice; comes with its alert and who acknowledged that."""
    alert = notice.alert
    return Line(
        notice.pk,
        sentence(notice),
        reverse("notice", args=[notice.pk]),
        notice.created_at,
        times.exact(notice.created_at, now),
        notice.seen_at is None,
        alert is not None and alert.acknowledged_at is None and alert.stopped_at is None,
        _became(alert, now) if alert is not None else "",
    )


def waiting(alerted: Iterable[datetime | None], now: datetime) -> str:
    """What the bar above an open ticket says of alerts that wait for a word; empty where there is none."""
    last = max(filter(None, alerted), default=None)
    return _("Alerted at %(time)s") % {"time": times.exact(last, now)} if last is not None else ""


@dataclass(frozen=True, slots=True)
class Bell:
    count: str
    last: int  # the newest unseen notice, 0 for none: scripts tell what comes after it

    @classmethod
    def of(cls, unseen: Sequence[int]) -> "Bell":
        """From the numbers of unseen notices, newest first."""
        return cls(counted(len(unseen)), unseen[0] if unseen else 0)


def counted(count: int) -> str:
    """As the bell writes it; empty for none."""
    if count > MOST_COUNTED:
        return f"{MOST_COUNTED}+"
    return str(count) if count else ""


def address(notice: Notification) -> str:
    """The page of what a notice is about."""
    if notice.kind in ("approval_asked", "approval_waits"):
        return reverse("approval", args=[notice.params["reply"]])
    if notice.kind == "alerts":
        return f"{reverse('queue')}?ordering=due"
    if notice.kind == "drill_started":
        return f"{reverse('queue')}?inbox={notice.inbox_id}"
    if notice.kind.startswith("drill_"):
        return reverse("drills")
    if signal := notice.params.get("signal"):
        return reverse("signal", args=[signal])
    if link := notice.params.get("link"):
        return reverse("asked", args=[token_of(int(link))])
    if link := notice.params.get("change_link"):
        return reverse("proposed", args=[change_links.token_of(int(link))])
    if notice.ticket_id is not None:
        return reverse("ticket", args=[notice.ticket_id])
    if thread := notice.params.get("thread"):
        return reverse("thread", args=[thread])
    if notice.inbox_id is not None:
        return reverse("administration-inbox", args=[notice.inbox_id])
    if notice.kind.startswith(("update_", "statement_")):
        return reverse("crisis-statements", args=[notice.params["crisis"]])
    if crisis := notice.params.get("crisis"):
        return reverse("crisis", args=[crisis])
    if change := notice.params.get("change"):
        return reverse("change", args=[change])
    if article := notice.params.get("article"):
        return reverse("article", args=[article])
    if canned := notice.params.get("canned"):
        return reverse("administration-canned-one", args=[canned])
    return reverse("notices")


def as_told(shown: Line) -> dict[str, object]:
    """For scripts."""
    return {"id": shown.id, "words": shown.words, "url": shown.url, "waits": shown.waits}


def _became(alert: Alert, now: datetime) -> str:
    if alert.acknowledged_at is not None:
        name = alert.acknowledged_by.name if alert.acknowledged_by else _("a colleague who left")
        return _("acknowledged by %(name)s at %(time)s") % {
            "name": name,
            "time": times.exact(alert.acknowledged_at, now),
        }
    if alert.stopped_at is not None:
        return str(Alert.Stopped(alert.stopped_why).label)
    return ""
