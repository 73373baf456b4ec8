"""The company's policy as it was written, reviewed and switched on: every version for ever."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from desk.common.indexes import where_set
from desk.common.runs import Run
from desk.common.versioned import DocumentVersion
from desk.people.models import User
from policies.findings import Severity
from policies.rulebook import Rulebook
from policies.rulebook_form import parse
from policies.rulebook_states import State


class RulebookVersion(DocumentVersion):
    """One wording of the rulebook."""

    based_on = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta(DocumentVersion.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state=State.ACTIVE), name="one_active_rulebook")
        ]

    def __str__(self) -> str:
        return f"rulebook {self.number}"

    def rulebook(self) -> Rulebook:
        """Read anew: `active.rulebook_of` keeps what it has read."""
        return parse(self.document)


class WhatIf(Run):
    """One run of a version over replies that left, or over the texts of a file: what would it have said of them?

    `document` is the version as it was when somebody asked, because a draft goes on changing. `compared` was active
    then. Replies are taken in the order in which they left, so `reached` is where to go on.
    """

    version = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="what_ifs", db_index=False)
    document = models.JSONField()
    compared = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    days = models.PositiveSmallIntegerField(null=True)  # null: a file
    since = models.DateTimeField(null=True)  # of replies, until `asked_at`
    file_name = models.CharField(max_length=200, blank=True)
    refused = models.JSONField(default=list)  # the first lines of the file that can't be used: {line, column, reason}
    refused_count = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField()  # texts to look at, without templates
    checked = models.PositiveIntegerField(default=0)
    templates_reached = models.BigIntegerField(null=True, default=0)  # the last that was looked at; null: all were
    reached_at = models.DateTimeField(null=True)  # when the last reply that was looked at left
    reached = models.BigIntegerField(default=0)  # and its id, or that of the line

    class Meta(Run.Meta):
        abstract = False
        ordering = ["-id"]
        indexes = [models.Index(fields=["moved_at"], name="what_if_running", condition=Q(state="running"))]

    def __str__(self) -> str:
        return f"what if {self.pk}"


class WhatIfLine(models.Model):
    """A text of a file that somebody gave, with what else it is."""

    run = models.ForeignKey(WhatIf, on_delete=models.DO_NOTHING, related_name="lines", db_index=False)
    number = models.PositiveIntegerField()  # of the line on which it begins, from 1
    text = models.TextField()
    network = models.CharField(max_length=40)
    visibility = models.CharField(max_length=10)
    language = models.CharField(max_length=5, blank=True)
    team = models.CharField(max_length=80, blank=True)
    agent = models.CharField(max_length=150, blank=True)

    class Meta:
        indexes = [models.Index(fields=["run", "id"], name="what_if_lines")]

    def __str__(self) -> str:
        return f"line {self.number} of {self.run_id}"


class WhatIfText(models.Model):
    """A text in which one of both versions finds something. There is no row for a text that is well under both."""

    class Kind(models.TextChoices):
        REPLY = "reply", _("Reply")
        LINE = "line", _("Line of the file")
        TEMPLATE = "template", _("Canned response")

    SEVERITIES = [("", _("nothing")), *((str(one), str(one)) for one in Severity)]

    run = models.ForeignKey(WhatIf, on_delete=models.DO_NOTHING, related_name="texts", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reply = models.ForeignKey("replies.Reply", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    line = models.ForeignKey(WhatIfLine, null=True, on_delete=models.DO_NOTHING, related_name="+", db_index=False)
    template = models.ForeignKey(
        "replies.CannedResponse", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    name = models.CharField(max_length=100, blank=True)  # of the template, which may be gone by now
    text = models.TextField(blank=True)  # of the template, with its variables filled in
    places = models.JSONField(default=list)  # where a template would go: [network, visibility] each
    language = models.CharField(max_length=5, blank=True)
    severity = models.CharField(max_length=10, choices=SEVERITIES, blank=True)  # the gravest
    before = models.CharField(max_length=10, choices=SEVERITIES, blank=True)  # under the version that is active
    added = models.BooleanField()
    gone = models.BooleanField()
    team = models.CharField(max_length=80, blank=True)
    agent = models.CharField(max_length=150, blank=True)  # the username, or what the file says

    class Meta:
        indexes = [
            models.Index(fields=["run", "id"], name="what_if_texts"),
            models.Index(fields=["run", "severity", "id"], name="what_if_by_severity"),
            models.Index(fields=["run", "team", "id"], name="what_if_by_team"),
            models.Index(fields=["run", "agent", "id"], name="what_if_by_agent"),
            models.Index(fields=["run", "id"], name="what_if_added", condition=Q(added=True)),
            models.Index(fields=["run", "id"], name="what_if_gone", condition=Q(gone=True)),
            models.Index(fields=["run", "id"], name="what_if_templates", condition=Q(kind="template")),
            where_set("template", name="what_if_of_template"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.run_id}"


class WhatIfFinding(models.Model):
    """What one rule finds in one text. Spots are [start, end, parameters of the message]."""

    run = models.ForeignKey(WhatIf, on_delete=models.DO_NOTHING, related_name="findings", db_index=False)
    text = models.ForeignKey(WhatIfText, on_delete=models.DO_NOTHING, related_name="findings", db_index=False)
    code = models.CharField(max_length=60)
    severity = models.CharField(max_length=10, blank=True)
    before = models.CharField(max_length=10, blank=True)
    added = models.BooleanField()
    gone = models.BooleanField()
    spots = models.JSONField(default=list)
    spots_before = models.JSONField(null=True)  # null: the same

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text", "code"], name="one_what_if_finding_of_a_rule")]
        indexes = [models.Index(fields=["run", "code", "text"], name="what_if_by_rule")]

    def __str__(self) -> str:
        return f"{self.code} in {self.text_id}"


class WhatIfCount(models.Model):
    """How many texts: of the whole run, under one rule, of one team, of one agent, and of the templates."""

    class Kind(models.TextChoices):
        ALL = "all", _("Replies")
        RULE = "rule", _("Rule")
        TEAM = "team", _("Team")
        AGENT = "agent", _("Agent")
        TEMPLATES = "templates", _("Canned responses")

    FIGURES = (
        "checked", "found", "block", "approve", "warn", "block_before", "approve_before", "warn_before", "added",
        "gone",
    )  # fmt: skip

    run = models.ForeignKey(WhatIf, on_delete=models.DO_NOTHING, related_name="counts", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=150, blank=True)  # the code of a rule, a team, a username
    checked = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)  # texts in which either version finds something
    block = models.PositiveIntegerField(default=0)  # texts of which that is the gravest; of a rule: in which it does
    approve = models.PositiveIntegerField(default=0)
    warn = models.PositiveIntegerField(default=0)
    block_before = models.PositiveIntegerField(default=0)
    approve_before = models.PositiveIntegerField(default=0)
    warn_before = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "kind", "name"], name="one_what_if_count_of_a_name")]
        indexes = [models.Index(fields=["run", "kind", "found", "id"], name="what_if_most_found")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name} of {self.run_id}"


def document_of(rulebook: Rulebook) -> dict[str, Any]:
    """What is kept of a rulebook."""
    return dict(rulebook.document)
