"""What a network said about a ticket stands there in the reader's language, whoever was told it and when."""

from uuid import uuid4

import pytest
from django.utils import timezone

from desk.actions.intake import attachments
from desk.actions.replies import reply as replies
from desk.actions.tickets import moderate
from desk.inboxes.gateway import Attachment as GivenFile
from desk.inboxes.gateway import NotAllowedByPolicy
from desk.inboxes.models import Inbox
from desk.inboxes.words import kept
from desk.people.models import User
from desk.replies.models import Reply
from desk.tickets.models import Attachment, Message, Ticket
from tests.web.browsing import Browser, asked_by

pytestmark = pytest.mark.django_db
NOWHERE = "http://127.0.0.1:9"
X_KEYS = {"consumer_key": "k", "consumer_secret": "s", "access_token": "7-t", "access_token_secret": "u"}


@pytest.fixture
def lezer(suze: User) -> Browser:
    """Suze reads Dutch."""
    User.objects.filter(pk=suze.pk).update(language="nl")
    return Browser(suze)


def test_why_the_network_forbids_a_reply(lezer: Browser, ticket: Ticket) -> None:
    """Each network forbids other things, so the sentence is the network's and not that of X for all of them."""
    reply = replies.submit(
        lezer.person, ticket.pk, text="Dat zoeken we uit.", visibility="public", idempotency_key=uuid4().hex
    )
    refusal = NotAllowedByPolicy(
        "%(network)s has restricted the page. See its quality screen.", network="Facebook", detail="code 368"
    )
    Reply.objects.filter(pk=reply.pk).update(state="failed", problem_code=refusal.code, problem=kept(refusal))
    page = lezer.page(f"/tickets/{ticket.pk}/")
    assert "Facebook heeft de pagina beperkt." in page
    assert "code 368" not in page
    Reply.objects.filter(pk=reply.pk).update(problem={})
    assert "Het netwerk laat alleen antwoorden toe aan wie ons noemde." in lezer.page(f"/tickets/{ticket.pk}/")


def test_why_a_message_was_not_hidden(lezer: Browser, inbox: Inbox, ticket: Ticket) -> None:
    inbox.credentials, inbox.base_url = X_KEYS, NOWHERE
    inbox.save()
    moderate.carry_out(Message.objects.get().pk, "hide", lezer.person.pk, timezone.now())
    line = lezer.part(f"/tickets/{ticket.pk}/timeline/")
    assert "Verbergen op het netwerk · X is niet bereikbaar. De balie probeert het opnieuw." in line


def test_why_a_file_was_not_taken_in(lezer: Browser, inbox: Inbox) -> None:
    ticket = asked_by(inbox, "jan", "Kijk!", attachments=(GivenFile("http://169.254.169.254/key.png", "image"),))
    attachments.fetch_due(timezone.now())
    assert Attachment.objects.get().state == Attachment.State.REFUSED
    assert "Het adres van dit bestand staat niet op het openbare internet." in lezer.page(f"/tickets/{ticket.pk}/")
