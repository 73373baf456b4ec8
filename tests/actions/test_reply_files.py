"""What goes along with a reply: kept with the draft, checked, approved, gone when it should."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from desk.actions.replies import drafts, reply_files, send
from desk.actions.replies.approval import approve
from desk.actions.replies.drafts import Gone
from desk.actions.replies.reply import Blocked, cancel, check, submit, undo
from desk.actions.tickets import notes
from desk.common.errors import Conflict, Invalid, Missing
from desk.people.models import User
from desk.replies import approvals, files
from desk.replies.models import Approval, Draft, Reply, ReplyAttachment
from desk.tickets.models import Attachment, Ticket
from tests.actions.attaching import TEXT, Network, answered, attached, leaves, stands_in, stored
from tests.actions.builders import a_mention, a_message, an_inbox, take_in
from tests.actions.waiting import now_holds
from tests.files import PDF, PLACE, PNG, SVG, chunk, jpeg_of_a_telephone, mp4_of_a_telephone, png_of

pytestmark = pytest.mark.django_db

SRT = b"1\n00:00:01,000 --> 00:00:02,000\nStort op NL91 ABNA 0417 1643 00\n"


@pytest.fixture
def ticket() -> Ticket:
    take_in(an_inbox(), [a_mention("1", text="Waar is spoor 3?")], now=timezone.now())
    return Ticket.objects.get()


@pytest.fixture
def suze() -> User:
    return User.objects.create_user("suze", role="agent", signature="SV")


@pytest.fixture
def mila() -> User:
    return User.objects.create_user("mila", role="supervisor", signature="MS")


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    return stands_in(monkeypatch)


# ── with the draft ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_is_kept_with_the_draft_without_what_says_where_it_was_made(suze: User, ticket: Ticket) -> None:
    row = attached(suze, ticket, jpeg_of_a_telephone(), name="C:\\fotos\\IMG_1.exe", alt_text=" Een\x00 kaart\n")
    assert Draft.objects.get().attachments.get() == row
    assert (row.name, row.content_type, row.alt_text, (row.width, row.height)) == (
        "IMG_1.exe", "image/jpeg", "Een kaart", (16, 8),
    )  # fmt: skip
    assert PLACE not in files.content_of(row)
    assert (row.file.name or "").endswith(".jpg")
    assert "IMG" not in (row.file.name or "")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (SVG, "can't go along"),
        (PDF, "Use: GIF, JPEG, MP4, PNG, WEBP"),
        (PNG[:-20], "damaged"),
        (png_of(60_000, 60_000), "megapixels"),
        (PNG[:33] + chunk(b"IDAT", bytes(5 * 1024 * 1024)) + chunk(b"IEND", b""), "larger than 5 MB"),
        (b"\xff" * (25 * 1024 * 1024 + 1), "larger than 25 MB"),
    ],
    ids=["svg", "pdf", "damaged", "many pixels", "more than X takes", "more than the desk takes"],
)
def test_what_the_network_does_not_take_is_refused_with_what_to_do(
    suze: User, ticket: Ticket, content: bytes, says: str
) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        attached(suze, ticket, content)
    assert "file" in refused.value.errors
    assert not ReplyAttachment.objects.exists()


def test_no_more_than_the_network_takes(suze: User, ticket: Ticket) -> None:
    for _one in range(4):
        attached(suze, ticket)
    with pytest.raises(Invalid, match="At most 4"):
        attached(suze, ticket)


def test_files_are_described_put_in_order_and_taken_off_by_their_writer_alone(
    suze: User, mila: User, ticket: Ticket
) -> None:
    first, second = attached(suze, ticket), attached(suze, ticket)
    reply_files.put_in_order(suze, ticket.pk, [second.pk])
    assert list(Draft.objects.get().attachments.all()) == [second, first]
    reply_files.describe(suze, first.pk, "Een kaart")
    for meddle in (
        lambda: reply_files.describe(mila, first.pk, "x"),
        lambda: reply_files.take_off(mila, first.pk),
        lambda: reply_files.put_in_order(mila, ticket.pk, [first.pk]),
        lambda: reply_files.open_attachment(mila, first.pk),
    ):
        with pytest.raises(Missing):
            meddle()
    first.refresh_from_db()
    assert first.alt_text == "Een kaart"


def test_bytes_go_with_the_row_once_that_is_certain(
    suze: User, ticket: Ticket, django_capture_on_commit_callbacks: Any
) -> None:
    row, other = attached(suze, ticket), attached(suze, ticket)
    with django_capture_on_commit_callbacks(execute=True):
        reply_files.take_off(suze, row.pk)
        assert stored(row)
    assert not stored(row)
    with django_capture_on_commit_callbacks(execute=True):
        drafts.discard(suze, ticket.pk)
    assert not stored(other)
    assert not Draft.objects.exists()


def test_a_draft_without_words_stays_while_something_is_attached(suze: User, ticket: Ticket) -> None:
    drafts.save(suze, ticket.pk, text="Hoi", visibility="public")
    row = attached(suze, ticket)
    drafts.leave_empty(suze, ticket.pk, visibility="private")
    assert [(one.text, one.visibility) for one in Draft.objects.all()] == [("", "private")]
    reply_files.take_off(suze, row.pk)
    drafts.leave_empty(suze, ticket.pk, visibility="private")
    assert not Draft.objects.exists()


def test_a_note_takes_the_words_and_leaves_the_files_for_a_reply(suze: User, ticket: Ticket) -> None:
    attached(suze, ticket)
    drafts.save(suze, ticket.pk, text="Even overleggen", visibility="note")
    notes.add_note(suze, ticket.pk, "Even overleggen")
    draft = Draft.objects.get()
    assert (draft.text, draft.visibility, draft.attachments.count()) == ("", "public", 1)


# ── submitted, called back, dropped ───────────────────────────────────────────────────────────────────────────────────


def test_a_reply_takes_the_files_that_it_names_in_that_order_and_the_draft_ends(suze: User, ticket: Ticket) -> None:
    first, second = attached(suze, ticket), attached(suze, ticket)
    reply = answered(suze, ticket, second, first)
    assert list(reply.attachments.all()) == [second, first]
    assert not ReplyAttachment.objects.exclude(expires_at=None).exists()
    assert not Draft.objects.exists()


def test_the_same_key_gives_the_same_reply_and_with_other_files_it_is_another(suze: User, ticket: Ticket) -> None:
    row = attached(suze, ticket)
    reply = answered(suze, ticket, row)
    assert answered(suze, ticket, row) == reply
    with pytest.raises(Conflict, match="key"):
        answered(suze, ticket)


def test_a_file_that_is_not_there_any_more_or_is_a_colleagues_stops_the_reply(
    suze: User, mila: User, ticket: Ticket
) -> None:
    theirs = attached(mila, ticket)
    with pytest.raises(Gone):
        answered(suze, ticket, theirs)
    assert not Reply.objects.exists()


def test_a_reply_that_is_called_back_gives_its_files_back_behind_what_was_begun_since(
    suze: User, ticket: Ticket
) -> None:
    row = attached(suze, ticket)
    reply = answered(suze, ticket, row)
    later = attached(suze, ticket)
    undo(suze, reply.pk)
    assert list(Draft.objects.get().attachments.all()) == [later, row]


def test_what_was_never_sent_is_deleted_a_month_later_and_no_sooner(
    suze: User, ticket: Ticket, django_capture_on_commit_callbacks: Any
) -> None:
    now = timezone.now()
    dropped = answered(suze, ticket, attached(suze, ticket))
    cancel(suze, dropped.pk)
    attached(suze, ticket)
    kept = answered(suze, ticket, Draft.objects.get().attachments.get(), idempotency_key="2")
    left = attached(suze, ticket)
    assert files.remove_expired(now + timedelta(days=29)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert files.remove_expired(now + timedelta(days=31), limit=1) == 1
        assert files.remove_expired(now + timedelta(days=31)) == 1
    assert list(ReplyAttachment.objects.all()) == list(kept.attachments.all())
    assert not stored(left)


# ── rules ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_picture_without_a_description_is_found_and_named(suze: User, ticket: Ticket) -> None:
    rows = [attached(suze, ticket, alt_text="Een kaart"), attached(suze, ticket)]
    checked = check(suze, ticket.pk, TEXT, "public", attachment_ids=[row.pk for row in rows])
    (found,) = [one for one in checked.findings if one.code == "attachments.no_alt_text"]
    assert "Attachment 2" in found.message


def test_where_the_rulebook_demands_a_description_nothing_leaves_without_whenever_that_began(
    suze: User, ticket: Ticket, network: Network
) -> None:
    reply = answered(suze, ticket, attached(suze, ticket))
    now_holds({"rules": {"attachments.no_alt_text": {"severity": "block"}}})
    with pytest.raises(Blocked):
        answered(suze, ticket, attached(suze, ticket), idempotency_key="2")
    assert (leaves(reply).state, reply.problem_code) == ("held", "blocked_by_policy")
    assert (network.sent, network.brought) == ([], [])


def test_what_goes_along_in_public_is_too_much_for_a_direct_message(suze: User) -> None:
    take_in(an_inbox(), [a_message("1")], now=timezone.now())
    ticket = Ticket.objects.get()
    rows = [attached(suze, ticket, visibility="private") for _one in range(2)]
    with pytest.raises(Blocked, match="at most 1"):
        answered(suze, ticket, *rows, visibility="private")


def test_the_first_private_answer_to_a_comment_on_facebook_takes_nothing_along(suze: User) -> None:
    take_in(an_inbox(network="facebook_page"), [a_mention("1", network="facebook_page")], now=timezone.now())
    ticket = Ticket.objects.get()
    with pytest.raises(Blocked, match="Nothing can go along"):
        answered(suze, ticket, attached(suze, ticket), visibility="private")


# ── approval ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_approval_is_for_exactly_these_files_with_these_descriptions(
    suze: User, mila: User, ticket: Ticket, network: Network
) -> None:
    reply = answered(suze, ticket, attached(suze, ticket, alt_text="Een kaart"), ask_approval=True)
    ReplyAttachment.objects.update(alt_text="Iets anders")
    with pytest.raises(Conflict, match="attachments changed"):
        approve(mila, reply.pk)
    ReplyAttachment.objects.update(alt_text="Een kaart")
    approve(mila, reply.pk)
    reply.refresh_from_db()
    assert approvals.approved_codes(reply) == {approvals.ASKED}
    ReplyAttachment.objects.update(alt_text="Iets anders")
    assert approvals.approved_codes(reply) == set()
    assert leaves(reply).state == "held"
    assert Approval.objects.filter(state="waiting").count() == 1
    assert network.sent == []


# ── films with captions ───────────────────────────────────────────────────────────────────────────────────────────────
def test_captions_go_with_a_film_are_checked_as_words_and_stand_in_the_thread(network: Network, suze: User) -> None:
    """Of a network that takes films and keeps captions; an approval is for exactly these."""
    take_in(an_inbox(network="bluesky"), [a_mention("1", network="bluesky")], now=timezone.now())
    ticket = Ticket.objects.get()
    film = reply_files.attach(suze, ticket.pk, content=mp4_of_a_telephone(), name="film.mp4", alt_text="Een trein")
    codes = {one.code for one in check(suze, ticket.pk, TEXT, "public", attachment_ids=[film.pk]).findings}
    assert "attachments.no_captions" in codes
    reply_files.caption(suze, film.pk, SRT, "nl")
    found = check(suze, ticket.pk, TEXT, "public", attachment_ids=[film.pk])
    assert "attachments.no_captions" not in {one.code for one in found.findings}
    assert "personal_data.iban" in {one.code for one in found.findings}, "captions are read by everybody"
    reply_files.caption(suze, film.pk, SRT.replace(b"Stort op NL91 ABNA 0417 1643 00", b"De trein staat stil"), "nl")
    reply = submit(
        suze, ticket.pk, text=TEXT, visibility="public", idempotency_key="1", attachment_ids=[film.pk],
        send_anyway=True,
    )  # fmt: skip
    before = files.digest_of(reply)
    send.send(reply.pk, timezone.now() + timedelta(minutes=1))
    (brought,) = network.brought
    assert (brought.captions_language, "De trein staat stil" in brought.captions) == ("nl", True)
    shown = Attachment.objects.get(message__outgoing=True)
    assert (shown.captions, shown.captions_language) == (brought.captions, "nl")
    ReplyAttachment.objects.update(captions="")
    assert files.digest_of(reply) != before


def test_only_films_have_captions_and_only_captions_are_some(suze: User) -> None:
    take_in(an_inbox(network="bluesky"), [a_mention("1", network="bluesky")], now=timezone.now())
    ticket = Ticket.objects.get()
    picture = reply_files.attach(suze, ticket.pk, content=PNG, name="kaart.png")
    film = reply_files.attach(suze, ticket.pk, content=mp4_of_a_telephone(), name="film.mp4")
    codes = {one.code for one in check(suze, ticket.pk, TEXT, "public", attachment_ids=[picture.pk, film.pk]).findings}
    assert "attachments.alone" in codes
    with pytest.raises(Invalid, match="Only films"):
        reply_files.caption(suze, picture.pk, SRT, "nl")
    with pytest.raises(Invalid, match="no captions"):
        reply_files.caption(suze, film.pk, b"Hallo", "nl")
    with pytest.raises(Invalid, match="which language"):
        reply_files.caption(suze, film.pk, SRT, "xx")
    assert reply_files.caption(suze, film.pk, SRT, "en").captions_language == "en"
    gone = reply_files.caption(suze, film.pk, b"")
    assert (gone.captions, gone.captions_language) == ("", "")
