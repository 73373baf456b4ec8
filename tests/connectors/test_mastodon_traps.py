"""Each trap of Mastodon, of its library, and of other software that speaks its API, by name."""

import logging
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors import errors
from connectors.base import Action, Outgoing, OwnPost
from connectors.networks.mastodon import Mastodon
from connectors.parsing.mastodon_server import limits_in
from tests.connectors.accounts import MASTODON_CREDENTIALS, a_mention, a_status, mastodon_account
from tests.connectors.wire import Asked, Said, Wire

ME = {"id": "1000", "username": "vlotlijn", "acct": "vlotlijn", "display_name": "Vlotlijn"}
TOKEN = MASTODON_CREDENTIALS["access_token"]


# --- the library -------------------------------------------------------------------------------------------------


def test_the_library_is_not_loaded_before_an_account_is_spoken_for() -> None:
    """It costs memory that a process without such an account need not have."""
    asked = "import sys; from connectors import registry; registry.all_networks()"
    found = f"{asked}; print([name for name in ('mastodon', 'bs4') if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", found], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.trap(35)
def test_the_library_never_waits_for_a_limit(mastodon: Mastodon, wire: Wire) -> None:
    """Left alone it sleeps until the reset, inside the call."""
    wire.say(
        {"error": "Too many requests"}, 429, X_RateLimit_Remaining="0", X_RateLimit_Reset="2099-01-01T00:00:00.000Z"
    )
    began = time.monotonic()
    with pytest.raises(errors.RateLimited) as told:
        mastodon.fetch("notifications", {})
    assert time.monotonic() - began < 5
    assert told.value.retry_at == datetime(2099, 1, 1, tzinfo=UTC)
    assert len(wire.asked) == 1


@pytest.mark.trap(35)
def test_an_answer_that_does_not_come_is_waited_for_as_long_as_the_desk_says(mastodon: Mastodon, wire: Wire) -> None:
    """Left alone it waits 300 seconds, and calls everything that happens on the way by one name."""
    wire.say(fault="hang")
    with pytest.raises(errors.Transient):
        mastodon.fetch("notifications", {})
    wire.say(a_status(1))
    wire.say(fault="hang")
    with pytest.raises(errors.OutcomeUnknown):
        mastodon.send(Outgoing("Dag", private=False, thread_id="1", reply_to="1"))


def test_a_server_that_does_not_listen_has_certainly_not_got_a_reply() -> None:
    with pytest.raises(errors.Transient):
        Mastodon(mastodon_account("http://127.0.0.1:1")).publish(OwnPost("Dag"))


def test_a_token_that_is_the_name_of_a_file_is_not_read_from_there(wire: Wire, tmp_path: Path) -> None:
    """The library reads a token, a server and secrets from a file where the token is the name of one."""
    file = tmp_path / "token"
    file.write_text("something-secret\nhttps://kwaad.example\n", encoding="utf-8")
    wire.say([])
    Mastodon(mastodon_account(wire.address, credentials={"access_token": str(file)})).fetch("notifications", {})
    assert wire.asked[0].headers["authorization"] == f"Bearer {file}"


def test_a_token_goes_to_no_server_that_nobody_named() -> None:
    """Every account is on a server of its own; the largest one has no business with its token."""
    with pytest.raises(errors.AddressRefused):
        Mastodon(mastodon_account("", base_url="")).check()


def test_the_slash_that_the_library_puts_behind_an_address_is_taken_off(mastodon: Mastodon, wire: Wire) -> None:
    def says(asked: Asked) -> Said:
        return Said({"configuration": {"statuses": {"max_characters": 700}}} if "instance" in asked.path else ME)

    wire.answer_with(says)
    assert mastodon.check().limits["length"] == 700
    assert wire.asked[-1].path == "/mastodon/api/v2/instance"


def test_a_token_stands_in_no_message_and_no_log(
    mastodon: Mastodon, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wire.say({"error": f"no such token {TOKEN}"}, 401)
    with pytest.raises(errors.AuthExpired) as told:
        mastodon.fetch("notifications", {})
    assert TOKEN not in told.value.detail + str(told.value) + repr(mastodon) + caplog.text
    assert TOKEN not in wire.asked[0].path + str(wire.asked[0].query)


# --- ids and cursors ---------------------------------------------------------------------------------------------


@pytest.mark.trap(37)
def test_the_cursor_is_the_notifications_id_and_asks_for_what_comes_right_after(mastodon: Mastodon, wire: Wire) -> None:
    wire.say(
        [
            a_mention(9, a_status(117020577157693600)),
            a_mention(8, a_status(117020577157693549)),
        ]
    )
    page = mastodon.fetch("notifications", {"min": "7"})
    assert wire.asked[0].query == {"types[]": "quote", "min_id": "7", "limit": "40"}
    assert (page.cursor["min"], page.more) == ("9", False)


def test_a_server_that_gives_the_same_page_whatever_it_is_asked_for_is_not_read_for_ever(
    mastodon: Mastodon, wire: Wire
) -> None:
    wire.answer_with(lambda _asked: Said([a_mention(number) for number in range(40, 0, -1)]))
    first = mastodon.fetch("notifications", {})
    assert (first.cursor["min"], first.more) == ("40", True)
    assert mastodon.fetch("notifications", first.cursor).more is False


def test_ids_grow_by_length_before_they_grow_by_letter(mastodon: Mastodon, wire: Wire) -> None:
    wire.say([a_mention(9), a_mention(10)])
    assert mastodon.fetch("notifications", {"min": "8"}).cursor["min"] == "10"


def test_an_empty_page_leaves_the_cursor_where_it_is(mastodon: Mastodon, wire: Wire) -> None:
    wire.say([])
    page = mastodon.fetch("notifications", {"min": "7", "roots": {"1": "1"}})
    assert (page.cursor, page.more, page.items) == ({"min": "7", "roots": {"1": "1"}}, False, ())


def test_a_viral_thread_asks_once_where_it_begins(mastodon: Mastodon, wire: Wire) -> None:
    replies = [a_mention(n, a_status(500 + n, in_reply_to_id="400", in_reply_to_account_id="1000")) for n in range(30)]

    def says(asked: Asked) -> Said:
        return Said({"ancestors": [a_status(400)], "descendants": []} if "context" in asked.path else replies)

    wire.answer_with(says)
    page = mastodon.fetch("notifications", {})
    assert {item.thread_id for item in page.items} == {"400"}
    assert len(wire.asked) == 2
    mastodon.fetch("notifications", page.cursor)
    assert len(wire.asked) == 3


@pytest.mark.parametrize(
    "said", [Said({}, 500), Said(b"<html>"), Said({}, 403), Said([]), Said({"ancestors": [5, {}]})]
)
def test_a_post_whose_place_the_server_can_not_tell_holds_up_no_other(
    mastodon: Mastodon, wire: Wire, said: Said
) -> None:
    entries = [a_mention(n, a_status(500 + n, in_reply_to_id=str(400 + n))) for n in range(3)] + [a_mention(9)]

    def says(asked: Asked) -> Said:
        if asked.path.endswith("verify_credentials"):
            return Said(ME)
        return said if "context" in asked.path else Said(entries)

    wire.answer_with(says)
    page = mastodon.fetch("notifications", {})
    assert {item.external_id: item.thread_id for item in page.items} == {
        "500": "400", "501": "401", "502": "402", "509": "509",
    }  # fmt: skip


def test_a_limit_that_is_met_half_way_gives_the_whole_page_later(mastodon: Mastodon, wire: Wire) -> None:
    replies = [a_mention(1, a_status(501, in_reply_to_id="400"))]
    wire.answer_with(lambda asked: Said({}, 429) if "context" in asked.path else Said(replies))
    with pytest.raises(errors.RateLimited):
        mastodon.fetch("notifications", {})


def test_a_thread_longer_than_any_reader_wants_is_shown_by_its_ends(mastodon: Mastodon, wire: Wire) -> None:
    long = [a_status(number) for number in range(1, 200)]

    def says(asked: Asked) -> Said:
        below = [a_mention(1, a_status(999, in_reply_to_id="199"))]
        return Said({"ancestors": long, "descendants": []} if "context" in asked.path else below)

    wire.answer_with(says)
    page = mastodon.fetch("notifications", {})
    context = [item.external_id for item in page.items if not item.addressed]
    assert (len(context), set(context) >= {"1", "199"}) == (20, True)
    assert page.items[-1].thread_id == "1"


# --- edits and deletions -----------------------------------------------------------------------------------------

SEEN = {str(n + 500): [str(n), "", "2026-11-01T12:00:00.000Z", False] for n in (1, 2, 3)}


@pytest.mark.trap(40)
def test_a_mention_that_is_missing_is_asked_for_before_it_counts_as_deleted(mastodon: Mastodon, wire: Wire) -> None:
    """Somebody may only have cleared the notifications in the app."""

    def says(asked: Asked) -> Said:
        if asked.path.endswith("/501"):
            return Said({"error": "Record not found"}, 404)
        return Said(
            a_status(502) if asked.path.endswith("/502") else [a_mention(3)],
            headers={"Date": "Sun, 01 Nov 2026 13:00:00 GMT"},
        )

    wire.answer_with(says)
    page = mastodon.fetch("changes", {"seen": SEEN, "roots": {}})
    assert [(item.external_id, item.event_key) for item in page.items] == [("501", "deleted:501:")]
    assert page.items[0].changed_at == datetime(2026, 11, 1, 13, tzinfo=UTC)
    assert list(page.cursor["seen"]) == ["503"]


def test_everything_cleared_at_once_is_asked_for_piece_by_piece(mastodon: Mastodon, wire: Wire) -> None:
    seen = {str(n): [str(n), "", "2026-11-01T12:00:00.000Z", False] for n in range(25)}
    wire.answer_with(lambda asked: Said([]) if "notifications" in asked.path else Said(a_status(1)))
    page = mastodon.fetch("changes", {"seen": seen, "roots": {}})
    assert (page.more, page.items, len(wire.asked)) == (True, (), 11)
    while page.more:
        page = mastodon.fetch("changes", page.cursor)
    assert (page.cursor["seen"], len(wire.asked)) == ({}, 28)


@pytest.mark.trap(40)
def test_a_mention_that_became_visible_late_is_given_by_the_second_look(mastodon: Mastodon, wire: Wire) -> None:
    wire.say([a_mention(3), a_mention(2), a_mention(1)])
    page = mastodon.fetch("changes", {"seen": {key: SEEN[key] for key in ("501", "503")}, "roots": {}})
    assert [item.external_id for item in page.items] == ["502"]


def test_the_first_look_gives_only_what_was_edited(mastodon: Mastodon, wire: Wire) -> None:
    wire.say([a_mention(2, a_status(502, edited_at="2026-11-01T12:30:00.000Z")), a_mention(1)])
    assert [item.external_id for item in mastodon.fetch("changes", {}).items] == ["502"]


# --- other software ----------------------------------------------------------------------------------------------


def _with_token(alive: bool, status: int, words: str = "Unauthorized") -> Any:
    def says(asked: Asked) -> Said:
        if asked.path.endswith("verify_credentials"):
            return Said(ME) if alive else Said({"error": words}, status)
        return Said({"error": words}, status)

    return says


@pytest.mark.parametrize(
    ("status", "alive", "refused"),
    [
        (401, True, errors.NotAllowedByPolicy),  # GoToSocial: not yours
        (401, False, errors.AuthExpired),
        (400, True, errors.InvalidContent),
        (400, False, errors.AuthExpired),  # a dead token on Pleroma
        (403, True, errors.NotAllowedByPolicy),
        (403, False, errors.AuthExpired),  # Mastodon: the login is disabled
    ],
)
@pytest.mark.trap(36)
def test_what_a_refusal_means_depends_on_whether_the_token_lives(
    mastodon: Mastodon, wire: Wire, status: int, alive: bool, refused: type[errors.NetworkError]
) -> None:
    wire.answer_with(_with_token(alive, status))
    with pytest.raises(refused):
        mastodon.act(Action.LIKE, "5")


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_dead_token_is_told_as_such_when_the_connection_is_tested(
    mastodon: Mastodon, wire: Wire, status: int
) -> None:
    wire.answer_with(_with_token(alive=False, status=status))
    with pytest.raises(errors.AuthExpired):
        mastodon.check()


def test_a_missing_scope_is_a_missing_permission(mastodon: Mastodon, wire: Wire) -> None:
    wire.answer_with(_with_token(alive=True, status=403, words="This action is outside the authorized scopes"))
    with pytest.raises(errors.PermissionMissing):
        mastodon.act(Action.LIKE, "5")


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        ("Validation failed: Text character limit of 500 exceeded", 500),
        ("Validation failed: Text is too long (maximum is 5000 characters)", 5_000),
        ("status too long", None),
    ],
)
def test_a_text_that_is_too_long_names_the_limit_where_the_server_does(
    mastodon: Mastodon, wire: Wire, words: str, limit: int | None
) -> None:
    wire.say({"error": words}, 422)
    with pytest.raises(errors.InvalidContent) as told:
        mastodon.publish(OwnPost("x"))
    assert told.value.limit == limit


def test_a_file_that_is_still_being_worked_on_is_waited_for(mastodon: Mastodon, wire: Wire) -> None:
    wire.say({"error": "Cannot attach files that have not finished processing. Try again in a moment!"}, 422)
    with pytest.raises(errors.Transient):
        mastodon.publish(OwnPost("x"))


@pytest.mark.parametrize(
    ("reset", "at"),
    [
        ("2026-11-01T12:05:00.949515Z", datetime(2026, 11, 1, 12, 5, 0, 949515, UTC)),
        ("1793534700", datetime(2026, 11, 1, 12, 5, tzinfo=UTC)),  # GoToSocial
        ("straks", None),
    ],
)
def test_a_window_ends_at_a_time_of_any_form(mastodon: Mastodon, wire: Wire, reset: str, at: datetime | None) -> None:
    wire.say([], X_RateLimit_Limit="300", X_RateLimit_Remaining="12", X_RateLimit_Reset=reset)
    rate = mastodon.fetch("notifications", {}).rate
    assert rate is not None
    assert (rate.limit, rate.remaining, rate.reset_at) == (300, 12, at)


@pytest.mark.parametrize("body", [b"<html>502</html>", b"{", b"", b'"x"', b"12"])
def test_an_answer_that_is_no_mastodon_is_said_to_be_none(mastodon: Mastodon, wire: Wire, body: bytes) -> None:
    wire.answer_with(lambda asked: Said(body))
    with pytest.raises(errors.Unreadable):
        mastodon.fetch("notifications", {})
    with pytest.raises(errors.OutcomeUnknown):
        mastodon.publish(OwnPost("x"))


def test_a_server_that_sends_elsewhere_is_not_followed(mastodon: Mastodon, wire: Wire) -> None:
    wire.answer_with(lambda asked: Said({}, 302, {"Location": "https://kwaad.example/"}))
    with pytest.raises(errors.Unreadable):
        mastodon.fetch("notifications", {})
    with pytest.raises(errors.OutcomeUnknown):
        mastodon.publish(OwnPost("x"))
    assert len(wire.asked) == 2


@pytest.mark.trap(41)
def test_limits_are_read_from_every_place_where_servers_say_them() -> None:
    mainline = {
        "configuration": {
            "statuses": {"max_characters": 500, "max_media_attachments": 4},
            "media_attachments": {
                "supported_mime_types": ["image/jpeg", "image/png", "video/mp4"],
                "image_size_limit": 16_777_216,
                "description_limit": 1_500,
            },
        }
    }
    assert limits_in(mainline) == {
        "length": 500,
        "images": 4,
        "image_bytes": 16_777_216,
        "alt": 1_500,
        "types": ["image/jpeg", "image/png"],
    }
    assert limits_in({"max_toot_chars": 5_000, "description_limit": 5_000}) == {"length": 5_000, "alt": 5_000}
    assert limits_in({"configuration": {"statuses": {"max_characters": "veel"}}}) == {}


def test_a_server_without_files_offers_none_and_one_that_says_nothing_has_what_mastodon_has() -> None:
    assert Mastodon.capabilities_at({"images": 0}).public_media is None
    assert Mastodon.capabilities_at({"types": []}).private_media is None
    assert Mastodon.capabilities_at({}) == Mastodon.capabilities


def test_no_word_of_the_connector_leads_outside_its_server(mastodon: Mastodon, wire: Wire) -> None:
    for bad in ("../1", "1/../../x", "a b", ""):
        with pytest.raises(errors.NotFound):
            mastodon.act(Action.LIKE, bad)
    assert wire.asked == []
