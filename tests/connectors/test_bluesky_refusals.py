"""Bluesky: what a refusal means, on reading and on writing, and what is never in its words."""

import pytest

from connectors import errors
from connectors.base import OwnPost
from connectors.networks.bluesky import Bluesky
from tests.connectors.accounts import BLUESKY_CREDENTIALS, BLUESKY_SESSION, bluesky_account
from tests.connectors.bluesky_said import says
from tests.connectors.wire import Said, Wire


@pytest.mark.parametrize(
    ("status", "error", "message", "on_read", "on_write"),
    [
        (400, "InvalidToken", "Bad token method", errors.PermissionMissing, errors.PermissionMissing),
        (400, "AccountTakedown", "Account has been taken down", errors.AuthExpired, errors.AuthExpired),
        (400, "RecordNotFound", "Could not locate record: at://x", errors.NotFound, errors.NotFound),
        (400, "InvalidRequest", "grapheme too big (…) at $.record.text", errors.Unreadable, errors.InvalidContent),
        (400, "InvalidRequest", "recipient takes no messages", errors.Unreadable, errors.RecipientUnavailable),
        (400, "BlobTooLarge", "This file is too large.", errors.Unreadable, errors.InvalidContent),
        (413, "PayloadTooLarge", "request entity too large", errors.Unreadable, errors.InvalidContent),
        (409, "Conflict", "", errors.Transient, errors.Transient),
        (403, "Forbidden", "", errors.PermissionMissing, errors.NotAllowedByPolicy),
        (404, "XRPCNotSupported", "XRPC Not Supported", errors.PermissionMissing, errors.PermissionMissing),
        (400, "InvalidRequest", "insufficient access to …", errors.PermissionMissing, errors.PermissionMissing),
        (501, "MethodNotImplemented", "Method Not Implemented", errors.PermissionMissing, errors.PermissionMissing),
        (502, "UpstreamFailure", "Upstream service unreachable", errors.Transient, errors.OutcomeUnknown),
        (500, "InternalServerError", "Internal Server Error", errors.Transient, errors.OutcomeUnknown),
        (404, "", "", errors.NotFound, errors.NotFound),
        (302, "", "", errors.Unreadable, errors.OutcomeUnknown),
    ],
)  # fmt: skip
@pytest.mark.trap(47)
def test_status_and_body_are_judged_and_not_the_librarys_classes(
    bluesky: Bluesky,
    wire: Wire,
    status: int,
    error: str,
    message: str,
    on_read: type[Exception],
    on_write: type[Exception],
) -> None:
    refused = Said({"error": error, "message": message}, status)
    says(wire, getAuthorFeed=refused, createRecord=refused)
    with pytest.raises(errors.NetworkError) as read:
        bluesky.fetch("own_posts", {})
    with pytest.raises(errors.NetworkError) as written:
        bluesky.publish(OwnPost("Dag"))
    assert (type(read.value), type(written.value)) == (on_read, on_write)


@pytest.mark.parametrize("reset", ["", "x", "-1", "9" * 30])
def test_a_pause_without_a_usable_time_is_a_pause_all_the_same(bluesky: Bluesky, wire: Wire, reset: str) -> None:
    headers = {"ratelimit-limit": "3000", "ratelimit-remaining": "0", "ratelimit-reset": reset}
    says(wire, getAuthorFeed=Said({"error": "RateLimitExceeded", "message": ""}, 429, headers))
    with pytest.raises(errors.RateLimited) as caught:
        bluesky.fetch("own_posts", {})
    assert caught.value.retry_at is None


def test_what_a_server_quotes_of_our_secrets_is_taken_out(bluesky: Bluesky, wire: Wire) -> None:
    words = f"{BLUESKY_SESSION['accessJwt']} {BLUESKY_SESSION['refreshJwt']} {BLUESKY_CREDENTIALS['app_password']}"
    says(wire, getAuthorFeed=Said({"error": "Odd", "message": words}, 400))
    with pytest.raises(errors.NetworkError) as caught:
        bluesky.fetch("own_posts", {})
    said = f"{caught.value} {caught.value.detail} {bluesky.__dict__} {caught.value.__dict__}"
    assert not [secret for secret in words.split() if secret in caught.value.detail]
    assert str(BLUESKY_SESSION["accessJwt"]) not in said


def test_a_login_that_is_lost_is_a_passing_fault_and_nothing_was_written(wire: Wire) -> None:
    other = Bluesky(bluesky_account(wire.address, credentials={**BLUESKY_CREDENTIALS, "app_password": "een-andere"}))
    wire.answer_with(lambda asked: Said(fault="drop"))
    with pytest.raises(errors.Transient):
        other.publish(OwnPost("Dag"))


def test_an_empty_field_is_named_before_anything_is_asked(wire: Wire) -> None:
    empty = Bluesky(bluesky_account(wire.address, credentials={"handle": "vlotlijn.bsky.social", "app_password": " "}))
    with pytest.raises(errors.AuthExpired, match="App password"):
        empty.check()
    assert wire.asked == []


def test_the_accounts_own_password_with_a_second_factor_is_told_apart(wire: Wire) -> None:
    other = Bluesky(bluesky_account(wire.address, credentials={**BLUESKY_CREDENTIALS, "app_password": "hoofdsleutel"}))
    refused = {"error": "AuthFactorTokenRequired", "message": "A sign in code has been sent to your email address"}
    wire.answer_with(lambda asked: Said(refused, 401))
    with pytest.raises(errors.AuthExpired, match="app password"):
        other.check()
