"""What reports are counted from: a flat row for each clock, what they add up to, and how far the timeline was read.

And the reports that people keep, with who gets them by e-mail.
"""

from datetime import datetime

from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from desk.people.models import Team, User
from desk.tickets.models import Ticket
from policies import report_periods
from policies.report_periods import LAST_DAY


class CountedCycle(models.Model):
    """One clock, with everything that a report may ask of it; none for what was cancelled as spam.

    Worked out again whenever its ticket's timeline grows.

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
    late = models.BooleanField()  # breached: answered late, overdue and open, or cancelled too late
    unanswered = models.BooleanField()
    cancelled = models.BooleanField()  # in time
    resolved_unanswered = models.BooleanField()  # a colleague resolved it without an answer
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
    resolved_unanswered = models.IntegerField()

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


class SavedReport(models.Model):
    """A report under a name. Its address stays the same whatever becomes of its name and of what it shows."""

    class Sharing(models.TextChoices):
        PRIVATE = "private", _("Only me")
        TEAM = "team", _("A team")
        COMPANY = "company", _("Everybody who may see reports")

    name = models.CharField(_("name"), max_length=80, validators=[ProhibitNullCharactersValidator()])
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_reports")
    sharing = models.CharField(_("shared with"), max_length=10, choices=Sharing.choices, default=Sharing.PRIVATE)
    team = models.ForeignKey(  # whose report it is where a team shares it; with the team gone only the owner sees it
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("team")
    )
    wish = models.JSONField()  # desk.actions.reports.report_wishes.Wish as JSON
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_report_of_a_name")]
        indexes = [models.Index(fields=["name", "id"], name="reports_by_name")]

    def __str__(self) -> str:
        return self.name


class ReportSubscription(models.Model):
    """Somebody gets a saved report by e-mail, at an hour of a time zone's clock."""

    class Rhythm(models.TextChoices):
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every week")
        MONTHLY = "monthly", _("Every month")

    report = models.ForeignKey(SavedReport, on_delete=models.CASCADE, related_name="subscriptions", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="report_subscriptions")
    rhythm = models.CharField(_("how often"), max_length=10, choices=Rhythm.choices, default=Rhythm.WEEKLY)
    weekday = models.PositiveSmallIntegerField(_("weekday"), default=1)  # ISO; of a weekly one
    day = models.PositiveSmallIntegerField(_("day of the month"), default=1)  # of a monthly one
    hour = models.PositiveSmallIntegerField(_("hour"), default=8)
    timezone = models.CharField(_("time zone"), max_length=50)
    next_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "user"], name="one_subscription_each"),
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7), day__range=(1, LAST_DAY), hour__range=(0, 23)),
                name="subscription_falls_on_a_day",
            ),
        ]
        indexes = [models.Index(fields=["next_at"], name="subscription_due")]

    def __str__(self) -> str:
        return f"{self.report_id} to {self.user_id}"

    def next_after(self, moment: datetime) -> datetime:
        """The first time later than `moment` at which it is due."""
        return report_periods.Rhythm(self.rhythm, self.hour, self.timezone, self.weekday, self.day).next_after(moment)
