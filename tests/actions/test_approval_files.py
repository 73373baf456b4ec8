"""Whoever approves a reply describes its files otherwise and takes some off: with the rules, and for exactly those."""

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from desk.actions.replies import reply_files, send
from desk.actions.replies.approval import approve
from desk.actions.replies.reply import Blocked
from desk.common.errors import Conflict
from desk.people.models import AuditEntry, User
from desk.replies import approvals
from desk.replies.models import Approval, Reply, ReplyAttachment
from tests.actions.builders import the_ticket
from tests.actions.waiting import a_question, is_due, now_holds, written
from tests.files import PNG

pytestmark = pytest.mark.django_db


@pytest.fixture
def mila(suze: User) -> User:
    a_question()
    return User.objects.create_user("mila", role="supervisor", signature="MS")


def attached(writer: User, alt_text: str) -> ReplyAttachment:
    return reply_files.attach(writer, the_ticket().pk, content=PNG, name="kaart.png", alt_text=alt_text)


def asked(writer: User, *rows: ReplyAttachment, text: str = "Zie de kaart.") -> Reply:
    return written(writer, text, attachment_ids=[row.pk for row in rows], ask_approval=True)


def decisions() -> list[str]:
    return list(AuditEntry.objects.filter(verb__startswith="reply_approved").values_list("verb", flat=True))


def test_files_leave_as_the_approver_wants_them(suze: User, mila: User) -> None:
    kept, gone = attached(suze, "Een kaart"), attached(suze, "Mijn pasfoto")
    reply = asked(suze, kept, gone)
    approve(mila, reply.pk, descriptions={kept.pk: "De kaart  van spoor 3"}, take_off=[gone.pk])
    reply.refresh_from_db()
    assert [(row.pk, row.alt_text) for row in reply.attachments.all()] == [(kept.pk, "De kaart van spoor 3")]
    assert (reply.state, approvals.approved_codes(reply)) == ("queued", {approvals.ASKED})
    assert (Approval.objects.get().edited, decisions()) == (True, ["reply_approved_edited"])
    reply.attachments.update(alt_text="Een kaart")
    assert approvals.approved_codes(reply) == set(), "nobody has approved it as it was asked"


def test_an_edit_that_changes_nothing_is_none(suze: User, mila: User) -> None:
    row = attached(suze, "Een kaart")
    approve(mila, asked(suze, row).pk, descriptions={row.pk: " Een kaart "})
    assert (Approval.objects.get().edited, decisions()) == (False, ["reply_approved"])


def test_the_rules_look_at_them_as_they_are_to_leave_and_a_refusal_changes_none(suze: User, mila: User) -> None:
    row = attached(suze, "Een kaart")
    reply = asked(suze, row, text="")
    now_holds({"rules": {"attachments.no_alt_text": {"severity": "block"}}})
    edits: list[dict[str, Any]] = [{"descriptions": {row.pk: ""}}, {"take_off": [row.pk]}]
    for edit in edits:
        with pytest.raises(Blocked):
            approve(mila, reply.pk, **edit)
    with pytest.raises(Conflict, match="attachments changed"):
        approve(mila, reply.pk, take_off=[row.pk + 1])
    row.refresh_from_db()
    assert (row.alt_text, default_storage.exists(row.file.name or "")) == ("Een kaart", True)


def test_an_edit_that_itself_needs_approval_is_refused(suze: User, mila: User) -> None:
    row = attached(suze, "Een kaart")
    reply = asked(suze, row)
    now_holds({"rules": {"attachments.no_alt_text": {"severity": "approve"}}})
    with pytest.raises(Conflict) as refused:
        approve(mila, reply.pk, descriptions={row.pk: ""})
    assert refused.value.code == "edit_needs_approval"


def test_who_edited_the_files_does_not_approve_them_again(suze: User, mila: User) -> None:
    row = attached(suze, "Een kaart")
    reply = asked(suze, row)
    approve(mila, reply.pk, descriptions={row.pk: "De kaart van nu"})
    now_holds({"rules": {"phrases.banned": {"phrases": ["kaart"], "severity": "approve"}}})
    is_due(reply)
    send.send(reply.pk, timezone.now())
    waits = Approval.objects.get(state="waiting")
    assert waits.words_by == mila
    with pytest.raises(Conflict, match="own words"):
        approve(mila, reply.pk)
