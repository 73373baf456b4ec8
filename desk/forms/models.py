"""One-time forms and the page on which their customer reads the answer."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from desk.people.models import User
from desk.tickets.models import Conversation, Message, Ticket

THREAD = "form:"  # begins the name of a conversation by form, and of each message in it


def is_by_form(message: Message | None) -> bool:
    """Whether a message came by a form, so that its answer goes to the page of whoever sent it."""
    return message is not None and message.external_id.startswith(THREAD)


class FormLink(models.Model):
    """One form for one case. Its link may be seen by anybody, so it is good for one use; whoever used it gets another.

    Both links are signed and name the row; what they open is decided by its columns. The second has `nonce` in it.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Waits for the customer")
        USED = "used", _("Used")
        OVER = "over", _("Over")
        REVOKED = "revoked", _("Revoked")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="form_links")
    conversation = models.OneToOneField(Conversation, null=True, on_delete=models.CASCADE, related_name="form_link")
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()  # of the form; once it is used, of the customer's page
    language = models.CharField(max_length=5)
    nonce = models.CharField(max_length=16)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)  # when the customer last looked at the page
    email = models.CharField(max_length=254, blank=True)  # to which answers go as well, if they gave one

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"form {self.pk} of {self.ticket_id}"

    def state(self, now: datetime) -> "FormLink.State":
        """What it is good for now."""
        if self.revoked_at is not None:
            return self.State.REVOKED
        if self.expires_at <= now:
            return self.State.OVER
        return self.State.OPEN if self.used_at is None else self.State.USED


class FormFile(models.Model):
    """A file that came by a form, until it hangs on its message."""

    link = models.ForeignKey(FormLink, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to="forms/%Y/%m/")
    content_type = models.CharField(max_length=100)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"file {self.pk} of {self.link}"
