"""Accounts that an inbox has shut out on its network, as somebody of the company asked."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from desk.common.indexes import where_set
from desk.inboxes.models import Inbox
from desk.people.models import User


class NetworkBlock(models.Model):
    """What was asked last of one account's network about one person. A row that is let in and done is gone."""

    class State(models.TextChoices):
        ASKED = "asked", _("Asked of the network")
        DONE = "done", _("Done")
        FAILED = "failed", _("The network did not do it")

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="network_blocks", db_index=False)
    profile = models.ForeignKey("tickets.Profile", on_delete=models.CASCADE, related_name="network_blocks")
    blocked = models.BooleanField()  # what is wished: shut out, or let in again
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    problem = models.JSONField(default=dict)  # `words.kept`
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inbox", "profile"], name="one_network_block")]
        indexes = [where_set("asked_by", name="network_block_asked_by")]

    def __str__(self) -> str:
        return f"{self.inbox} {'blocks' if self.blocked else 'lets in'} {self.profile_id}"

    @property
    def shut_out(self) -> bool:
        """Whether the account is, as far as is known and asked."""
        return self.blocked == (self.state != self.State.FAILED)
