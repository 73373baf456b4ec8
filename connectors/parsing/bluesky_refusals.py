"""How Bluesky says no: status and the `error` of the body → `connectors.errors`, and what its headers say is left.

Source: atproto.com “HTTP API (XRPC)”, the lexicons' own errors, and the answers of the PDS and chat services. The
status says little: a token that has ended is a 400, a missing privilege too.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from connectors import errors
from connectors.base import RateState
from connectors.http import Answer, lost_answer, without_secrets
from connectors.parsing import mapped
from connectors.text import clean

LABEL = "Bluesky"

_ENDED = frozenset({"ExpiredToken", "InvalidToken"})
_DEAD = frozenset({"AuthenticationRequired", "AuthMissing", "AuthRequired"})
_CLOSED = frozenset({"AccountTakedown", "AccountSuspended", "AccountDeactivated", "AccountInactive"})
_GONE = frozenset({"RecordNotFound", "NotFound", "BlobNotFound", "RepoNotFound", "ConvoNotFound", "MessageNotFound"})
_NOT_SERVED = frozenset({"MethodNotImplemented", "XRPCNotSupported"})
_UNREACHABLE = (
    "recipient", "incoming messages", "block between", "not followed", "disabled incoming", "cannot message",
)  # fmt: skip


def wants_new_token(answer: Answer) -> bool:
    """Whether the access token is what was refused: it lives for two hours, and a fresh one may be taken."""
    error, words = _said(answer)
    return error in _ENDED | _DEAD and not _lacks_privilege(words) and answer.status in (400, 401)


def refusal(answer: Answer, *, write: bool, secrets: Mapping[str, str]) -> errors.NetworkError:
    """The error for an answer that is none of what was asked: 3xx to 5xx."""
    error, words = _said(answer)
    said = f"{error}: {words}" if error or words else answer.body[:20_000].decode("utf-8", "replace")
    detail = without_secrets(f"HTTP {answer.status} {said}", secrets)
    words = words.lower()
    if error in _NOT_SERVED or answer.status == 501:
        return errors.PermissionMissing(
            "This server does not offer what was asked. Give the address of the server that keeps the account.",
            detail=detail,
        )
    if answer.status >= 500 or answer.status == 408:
        if write:
            return lost_answer(LABEL, detail)
        return errors.Transient("Bluesky has a fault of its own. The desk tries again.", detail=detail)
    if answer.status == 429 or error == "RateLimitExceeded":
        return errors.RateLimited("Bluesky wants a pause.", retry_at=_retry_at(answer.headers), detail=detail)
    if answer.status == 402:
        return errors.QuotaExhausted("The server of the account asks for payment.", detail=detail)
    return _about_account(error, words, detail) or _about_request(answer.status, error, words, write, detail)


def _about_account(error: str, words: str, detail: str) -> errors.NetworkError | None:
    if _lacks_privilege(words):
        return errors.PermissionMissing(
            "The app password may not read or write direct messages. Make one with “Allow access to your direct "
            "messages” and connect the account again.",
            detail=detail,
        )
    if error == "AuthFactorTokenRequired":
        return errors.AuthExpired(
            "This is the account’s own password. Make an app password in Bluesky’s settings and use that.",
            detail=detail,
        )
    if error in _CLOSED:
        return errors.AuthExpired("The account is closed or suspended on Bluesky.", detail=detail)
    if error in _ENDED | _DEAD:
        return errors.AuthExpired(
            "Bluesky no longer accepts the handle and app password. Connect the account again.", detail=detail
        )
    return None


def _about_request(status: int, error: str, words: str, write: bool, detail: str) -> errors.NetworkError:
    if status == 401:
        return errors.AuthExpired(
            "Bluesky no longer accepts the handle and app password. Connect the account again.", detail=detail
        )
    if error == "InvalidSwap" or status == 409:
        return errors.Transient("Somebody changed this at the same moment. The desk tries again.", detail=detail)
    if write and any(phrase in words for phrase in _UNREACHABLE):
        return errors.RecipientUnavailable("This person does not take direct messages from the account.", detail=detail)
    if status in (404, 410) or error in _GONE or "could not locate record" in words or "not found" in words:
        return errors.NotFound("This is not on Bluesky any more.", detail=detail)
    if status == 403:
        if write:
            return errors.NotAllowedByPolicy("Bluesky does not allow this.", detail=detail)
        return errors.PermissionMissing("The account may not see this on Bluesky.", detail=detail)
    if write and status in (400, 413, 422):
        too_long = "too big" in words and "text" in words
        return errors.InvalidContent("Bluesky refused the text.", limit=300 if too_long else None, detail=detail)
    if write and status < 400:
        return lost_answer(LABEL, detail)
    return errors.Unreadable("Bluesky did not understand the question, or answered one of its own.", detail=detail)


def rate_of(headers: Mapping[str, str]) -> RateState | None:
    """What is left in the window; None where the server does not say."""
    limit, remaining, reset = (_whole(headers.get(f"ratelimit-{name}")) for name in ("limit", "remaining", "reset"))
    if remaining is None:
        return None
    in_range = reset is not None and 0 < reset < 10**11
    return RateState(limit, remaining, datetime.fromtimestamp(reset or 0, UTC) if in_range else None)


def _retry_at(headers: Mapping[str, str]) -> datetime | None:
    state = rate_of(headers)
    return state.reset_at if state else None


def _said(answer: Answer) -> tuple[str, str]:
    content = mapped(answer.json())
    return clean(content.get("error"), 100), clean(content.get("message"), 1_000)


def _lacks_privilege(words: str) -> bool:
    lowered = words.lower()
    return "bad token method" in lowered or "bad token scope" in lowered or "insufficient access" in lowered


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 18 else None
