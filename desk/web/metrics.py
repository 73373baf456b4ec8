"""The desk's own figures for Prometheus, read when they are asked for: five small queries over partial indexes."""

from collections.abc import Iterable, Iterator
from functools import cache

from django.db import connection
from django.utils import timezone
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from desk.inboxes.models import Inbox

COUNTED_TO = 100_000

_COUNTS = {
    "balie_open_tickets": ("Tickets that wait for us", "tickets_ticket WHERE state IN ('new', 'open')"),
    "balie_overdue_tickets": (
        "Tickets past their due time",
        "tickets_ticket WHERE state IN ('new', 'open') AND due_at < now()",
    ),
    "balie_unprocessed_items": (
        "Events received and not yet in a ticket",
        "inboxes_rawitem WHERE processed_at IS NULL",
    ),
}


class DeskCollector(Collector):
    """Reads the database at each scrape; every process gives the same answer."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        yield from self._counted()
        yield self._outbox()
        yield from self._inboxes()

    def _counted(self) -> Iterator[GaugeMetricFamily]:
        with connection.cursor() as cursor:
            for name, (help_text, rows) in _COUNTS.items():
                cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM {rows} LIMIT {COUNTED_TO}) AS found")  # noqa: S608 our own words
                yield GaugeMetricFamily(name, f"{help_text}, counted to {COUNTED_TO}", value=cursor.fetchone()[0])

    def _outbox(self) -> GaugeMetricFamily:
        family = GaugeMetricFamily(
            "balie_outbox_replies", "Replies that are not sent and not cancelled, by state", labels=["state"]
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT state, count(*) FROM replies_reply WHERE state NOT IN ('sent', 'cancelled') GROUP BY state"
            )
            for state, count in cursor.fetchall():
                family.add_metric([state], count)
        return family

    def _inboxes(self) -> Iterator[GaugeMetricFamily]:
        labels = ["inbox", "network"]
        up = GaugeMetricFamily("balie_inbox_active", "1 where the inbox is read and answered", labels=labels)
        age = GaugeMetricFamily(
            "balie_inbox_seconds_since_event", "Seconds since an event last reached us", labels=labels
        )
        failing = GaugeMetricFamily(
            "balie_inbox_failures_in_a_row", "Calls to the network that failed since one worked", labels=labels
        )
        now = timezone.now()
        rows = Inbox.objects.filter(drill=False)
        for inbox in rows.only("id", "network", "state", "last_event_at", "failures_in_a_row"):
            names = [str(inbox.pk), inbox.network]
            up.add_metric(names, inbox.state == Inbox.State.ACTIVE)
            failing.add_metric(names, inbox.failures_in_a_row)
            if inbox.last_event_at:
                age.add_metric(names, (now - inbox.last_event_at).total_seconds())
        yield from (up, age, failing)


@cache
def registry() -> CollectorRegistry:
    """This process's own figures and the desk's."""
    collected = CollectorRegistry()
    ProcessCollector(registry=collected)
    PlatformCollector(registry=collected)
    GCCollector(registry=collected)
    collected.register(DeskCollector())
    return collected
