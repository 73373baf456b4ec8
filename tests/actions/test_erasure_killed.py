"""kill -9 in the middle of an erasure: what was done stays done, what was not is done by the next worker."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from desk.actions.customers import erasure, erasure_run
from desk.people.models import User
from desk.replies.models import Draft
from desk.tickets.models import Message, Note, Ticket
from tests.actions.builders import an_inbox, minutes
from tests.actions.killing import kill_in_the_middle
from tests.actions.somebody import MARK, Somebody, places_of

pytestmark = pytest.mark.django_db(transaction=True)
NOTES = "tickets_note"  # written to after messages, amid the tickets


def test_a_killed_worker_leaves_nothing_half_erased_and_the_next_erases_the_rest(
    project: Path, tmp_path: Path, settings: Settings
) -> None:
    settings.MEDIA_ROOT = tmp_path
    admin = User.objects.create_user("ada", role="administrator")
    somebody = Somebody(an_inbox(), admin, tmp_path)
    begun = erasure.erase(admin, somebody.customer.pk, handle=MARK, ground="request")
    kill_in_the_middle(
        project, NOTES, "desk.actions.customers.erasure_run.erase", str(begun.pk), minutes(60).isoformat()
    )

    begun.refresh_from_db()
    assert (begun.state, begun.stage) == ("running", "tickets")
    assert not Message.objects.exclude(text="").filter(ticket__customer=somebody.customer).exists()
    assert MARK in Note.objects.get().text
    assert Draft.objects.count() == 1, "its portion was taken back"
    assert not Ticket.objects.exclude(erased_at=None).exists()

    later = timezone.now() + timedelta(minutes=1)
    assert erasure_run.take_over(later) == [begun.pk]
    assert erasure_run.take_over(later) == []
    erasure_run.erase(begun.pk, later)
    begun.refresh_from_db()
    assert begun.state == "done"
    assert (begun.counts["messages"], begun.counts["tickets"], begun.counts["notes"]) == (6, 2, 1)
    assert places_of(MARK) == set()
