"""Who reads personal data in what customers write, who reads asterisks, and that a look behind them is written down."""

from functools import partial
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from desk.actions.customers import masking
from desk.actions.customers.masking import Eyes
from desk.actions.rulebooks import rulebooks
from desk.actions.tickets import notes
from desk.common.errors import Conflict, Invalid, Missing, NotPermitted
from desk.common.live import _send
from desk.inboxes.models import Inbox
from desk.people.apps import roles_exist
from desk.people.models import AuditEntry, User
from desk.people.permissions import Permission, Role, permissions_of
from desk.tickets.models import PREVIEW, Message
from tests.actions.builders import a_message, an_inbox, deleted, minutes, take_in, the_ticket

pytestmark = pytest.mark.django_db

IBAN = "NL91ABNA0417164300"
SAID = f"Mijn rekening is {IBAN}"
MASKED = "Mijn rekening is ******************"


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox()


@pytest.fixture
def message(inbox: Inbox) -> Message:
    take_in(inbox, [a_message("1", text=SAID)])
    return Message.objects.get()


def somebody(role: str) -> User:
    return User.objects.create_user(role, role=role)


def test_agents_see_what_customers_write_and_experts_see_it_masked() -> None:
    seeing = {role for role in Role.values if Permission.SEE_PERSONAL_DATA in permissions_of(role)}
    assert seeing == {Role.AGENT, Role.SUPERVISOR, Role.COMMS, Role.ADMINISTRATOR}
    assert Eyes(somebody("agent")).read(SAID) == SAID
    assert Eyes(somebody("expert")).read(SAID) == MASKED


def test_the_company_says_to_whom_nothing_is_masked(settings: Settings) -> None:
    settings.SEE_PERSONAL_DATA = ("expert", "nobody")
    assert Eyes(somebody("expert")).read(SAID) == SAID
    assert Eyes(somebody("administrator")).read(SAID) == MASKED
    assert permissions_of("nobody") == frozenset()
    (problem,) = roles_exist()
    assert "nobody" in problem.msg


def test_ones_own_words_are_never_masked() -> None:
    reader = somebody("expert")
    assert Eyes(reader).read(SAID, by=reader.pk) == SAID
    assert Eyes(reader).read(SAID, by=reader.pk + 1) == MASKED


def test_the_companys_own_details_are_no_secret(settings: Settings) -> None:
    settings.OWN_DETAILS = (IBAN,)
    assert Eyes(somebody("expert")).read(SAID) == SAID


def test_a_reference_is_masked_from_the_moment_that_the_rulebook_knows_it() -> None:
    reader, said = somebody("expert"), "Boeking VL-123456 is weg"
    assert Eyes(reader).read(said) == said
    author, reviewer = somebody("supervisor"), somebody("administrator")
    of_x = {"when": {"network": "x"}, "patterns": ["VL-\\d{6}"]}
    document = {"rules": {"personal_data.reference": {"overrides": [of_x]}}}
    draft = rulebooks.write_draft(author, summary="Boekingen", document=document)
    rulebooks.hand_in(author, draft.number)
    rulebooks.switch_on(reviewer, draft.number)
    assert Eyes(reader).read(said) == "Boeking **-****** is weg"


def test_a_number_that_the_preview_cuts_in_two_is_masked() -> None:
    preview = f"{'x' * (PREVIEW - 9)} {IBAN}"[:PREVIEW]
    assert IBAN[:7] in preview
    assert IBAN[:4] not in Eyes(somebody("expert")).start(preview)


def test_who_sees_all_asks_the_desk_nothing_and_the_others_once(django_assert_num_queries: Any) -> None:
    agent, expert = somebody("agent"), somebody("expert")
    with django_assert_num_queries(0):
        Eyes(agent).read(SAID)
    eyes = Eyes(expert)
    with django_assert_num_queries(1):
        for number in range(50):
            eyes.read(f"{SAID} {number}")


def test_a_look_is_written_down_with_its_reason(message: Message) -> None:
    expert = somebody("expert")
    shown = masking.unmask(expert, message.pk, reason="  Klant\nbelt\x00 zelf ", now=minutes(9))
    assert shown.text == SAID
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor, entry.subject, entry.subject_id) == (
        "unmasked",
        expert,
        "message",
        str(message.pk),
    )
    assert entry.detail == {"ticket": the_ticket().pk, "reason": "Klant belt zelf"}
    event = the_ticket().events.latest("id")
    assert (event.kind, event.actor, event.at) == ("unmasked", expert, minutes(9))
    assert event.data == {"message": message.pk, "reason": "Klant belt zelf"}
    assert Eyes(expert).read(message.text) == MASKED  # this look was for once


@pytest.mark.parametrize("reason", ["", "   ", "\x00", "x" * 201])
def test_a_look_without_a_reason_is_refused(message: Message, reason: str) -> None:
    with pytest.raises(Invalid):
        masking.unmask(somebody("expert"), message.pk, reason=reason)
    assert not AuditEntry.objects.exists()


def test_nobody_unmasks_what_they_see_or_what_is_not_theirs_to_see(inbox: Inbox, message: Message) -> None:
    with pytest.raises(Conflict):
        masking.unmask(somebody("agent"), message.pk, reason="Zomaar")
    expert = somebody("expert")
    with pytest.raises(Missing):
        masking.unmask(expert, 999_999, reason="Zomaar")
    take_in(inbox, [deleted(a_message("1"), at=5)])
    with pytest.raises(NotPermitted):
        masking.unmask(expert, message.pk, reason="Zomaar")
    assert not AuditEntry.objects.exists()


def test_no_live_event_tells_what_somebody_wrote(
    inbox: Inbox, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    joris = somebody("agent")
    with django_capture_on_commit_callbacks() as callbacks:
        take_in(inbox, [a_message("1", text=SAID)])
        notes.add_note(somebody("supervisor"), the_ticket().pk, f"@{joris.username} {SAID}")
    told = [call.args for call in callbacks if isinstance(call, partial) and call.func is _send]
    assert {kind for kind, _payload in told} == {"tickets", "notification"}
    assert IBAN not in str(told)
