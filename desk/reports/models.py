"""What reports are counted from: a flat row for each clock, what they add up to, and how far the timeline was read."""

from django.db import models

from desk.tickets.models import Ticket


class CountedCycle(models.Model):
    """One clock, with everything that a report may ask of it. Worked out again whenever its ticket's timeline grows.

    Team and agent are those who have the ticket now; 0 stands for nobody. Times are buckets of `policies.reports`,
    empty where nobody has answered. `open_from` and `open_until` say when the ticket was in the backlog because of this
    cycle: cycles of one ticket that overlap share their time, so that it is there once.
    """

    clock_id = models.BigIntegerField(primary_key=True)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    metric = models.CharField(max_length=20)
    started_at = models.DateTimeField()  # the network's time of the customer's message
    inbox_id = models.BigIntegerField()
    private = models.BooleanField()
    team_id = models.BigIntegerField()
    assignee_id = models.BigIntegerField()
    priority = models.SmallIntegerField()
    language = models.CharField(max_length=5)
    on_time = models.BooleanField()  # answered, and not after it was due
    late = models.BooleanField()  # breached and not cancelled: answered late, or overdue and open
    unanswered = models.BooleanField()
    cancelled = models.BooleanField()
    wall = models.SmallIntegerField(null=True)
    business = models.SmallIntegerField(null=True)
    lag = models.SmallIntegerField()  # from the network's time of the message until it reached us
    open_from = models.DateTimeField(null=True)
    open_until = models.DateTimeField(null=True)  # empty: it is there still

    class Meta:
        indexes = [
            models.Index(fields=["metric", "started_at"], name="counted_started"),
            models.Index(fields=["open_from"], name="counted_opened"),
            models.Index(fields=["open_until"], name="counted_closed"),  # with what is open, for the tickets of a level
        ]

    def __str__(self) -> str:
        return f"{self.metric} #{self.ticket_id}"


class MonthCell(models.Model):
    """Cycles of one month that share a value of one dimension and a bucket; `arrived` may have come down to 0.

    Kept with each `CountedCycle`, so never stale.
    """

    month = models.DateField()  # its first day, by the desk's time zone
    metric = models.CharField(max_length=20)
    business = models.BooleanField()  # which of the two times `bucket` holds
    dimension = models.CharField(max_length=10)
    value = models.CharField(max_length=30)
    bucket = models.SmallIntegerField(null=True)
    arrived = models.IntegerField()
    on_time = models.IntegerField()
    late = models.IntegerField()
    unanswered = models.IntegerField()
    cancelled = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "metric", "business", "dimension", "value", "bucket"],
                name="one_cell",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.dimension} {self.value}"


class DayFlow(models.Model):
    """How many tickets came into the backlog on a day of the desk's time zone, and how many left it.

    Kept with each `CountedCycle`, so never stale. The sum of all days up to one is the backlog at its end.
    """

    day = models.DateField()
    resolves = models.BooleanField()  # tickets that are not resolved; otherwise tickets that wait for an answer
    inbox_id = models.BigIntegerField()
    private = models.BooleanField()
    team_id = models.BigIntegerField()
    assignee_id = models.BigIntegerField()
    priority = models.SmallIntegerField()
    language = models.CharField(max_length=5)
    came = models.IntegerField()
    went = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "resolves", "inbox_id", "private", "team_id", "assignee_id", "priority", "language"],
                name="one_flow",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} +{self.came} −{self.went}"


class ReportProgress(models.Model):
    """How far the timeline was read. The only row says it for the whole desk.

    Numbers of timeline rows are given out before their transactions commit, so a later number can be seen before an
    earlier one. `settled`: no row up to here can still appear. `marked` was the highest number at `marked_at`; once
    every transaction that ran then has ended, it is settled too.
    """

    settled = models.BigIntegerField(default=0)
    marked = models.BigIntegerField(default=0)
    marked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"read up to {self.settled}"
