"""How X says no: status, problem type and words → `connectors.errors`, and what its headers say is left."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors import errors
from connectors.base import RateState
from connectors.http import Answer, lost_answer, without_secrets
from connectors.parsing import each_object, mapped
from connectors.text import gettext_noop

LABEL = "X"


def refusal(answer: Answer, *, write: bool, credentials: Mapping[str, str]) -> errors.NetworkError:
    """The error for an answer that is none of what was asked: 3xx to 5xx, or a 200 that holds only `errors`."""
    content = mapped(answer.json())
    words, codes = _words(content)
    detail = without_secrets(
        f"HTTP {answer.status} {words or answer.body[:20_000].decode('utf-8', 'replace')}", credentials
    )
    words = words.lower()
    if answer.status >= 500 or answer.status == 408:
        if write:
            return lost_answer(LABEL, detail)
        return errors.Transient("X has a fault of its own. The desk tries again.", detail=detail)
    if answer.status == 402 or "usage-capped" in words or "usagecap" in words or "creditsdepleted" in words:
        return errors.QuotaExhausted(
            "The credits for X are used up. Buy credits in the Developer Portal.", detail=detail
        )
    if answer.status == 429 or 88 in codes:
        return errors.RateLimited("X wants a pause.", retry_at=_retry_at(answer.headers), detail=detail)
    if answer.status == 401 or codes & {89, 32, 215, 326}:
        return errors.AuthExpired("X no longer accepts the access token. Connect the account again.", detail=detail)
    if answer.status in (404, 410) or _speaks_of(words, "resource-not-found", "not found error"):
        return errors.NotFound("This is not on X any more.", detail=detail)
    if answer.status == 403 or "not-authorized" in words:
        return _forbidden(words, codes, write, detail)
    if (answer.status == 400 and write) or answer.status in (409, 413, 422):
        return errors.InvalidContent(
            "X refused the text.", limit=280 if _too_long(words, codes) else None, detail=detail
        )
    if write and answer.status < 400:
        return lost_answer(LABEL, detail)
    return errors.Unreadable("X did not understand the question, or answered one of its own.", detail=detail)


def permission_problems(headers: Mapping[str, str]) -> tuple[str, ...]:
    """What the token may not do, in sentences that say what to mend."""
    level = headers.get("x-access-level", "")
    if level == "read":
        return (
            gettext_noop(
                "The access token may only read. Give the app “Read, write and direct messages” in the Developer "
                "Portal and make a new access token."
            ),
        )
    if level == "read-write":
        return (
            gettext_noop(
                "The access token can't see direct messages. Give the app “Read, write and direct messages” in the "
                "Developer Portal and make a new access token."
            ),
        )
    return ()


def _forbidden(words: str, codes: set[int], write: bool, detail: str) -> errors.NetworkError:
    if "duplicate" in words or 187 in codes:
        return errors.Duplicate("X has just seen this very text from the account.", detail=detail)
    if _too_long(words, codes):
        return errors.InvalidContent("The text is too long for X.", limit=280, detail=detail)
    if _speaks_of(words, "deleted or not visible", "no longer exists"):
        return errors.NotFound("The post that is answered is not on X any more.", detail=detail)
    if codes & {349, 150, 151} or _speaks_of(words, "permission to dm", "cannot send messages", "not accept direct"):
        return errors.RecipientUnavailable("This person does not take direct messages from the account.", detail=detail)
    if _speaks_of(
        words, "oauth1-permissions", "oauth1 app permissions", "client-forbidden", "client-not-enrolled",
        "unsupported-authentication", "not-authorized", "suspended", "access level", "subset of",
    ):  # fmt: skip
        return errors.PermissionMissing(
            "The app or its token lacks a permission on X. Check its access level in the Developer Portal.",
            detail=detail,
        )
    if write and _speaks_of(words, "reply", "mentioned", "engaged"):
        return errors.NotAllowedByPolicy(
            "X lets an app answer only people who mentioned or quoted the account. Answer this one in the X app.",
            detail=detail,
        )
    if write:
        return errors.NotAllowedByPolicy("X does not allow this.", detail=detail)
    return errors.PermissionMissing("The account may not see this on X.", detail=detail)


def rate_of(headers: Mapping[str, str]) -> RateState | None:
    """What is left in the window, of the tightest of X's counters; None where X does not say."""
    windows = [
        state
        for prefix in ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")
        if (state := _window(headers, prefix)).remaining is not None
    ]
    return min(windows, key=lambda state: (state.remaining or 0) / (state.limit or 1), default=None)


def _retry_at(headers: Mapping[str, str]) -> datetime | None:
    windows = [_window(headers, prefix) for prefix in ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")]
    exhausted = [state.reset_at for state in windows if state.remaining == 0 and state.reset_at]
    return max(exhausted, default=windows[0].reset_at)


def _window(headers: Mapping[str, str], prefix: str) -> RateState:
    limit, remaining, reset = (_whole(headers.get(f"{prefix}-{name}")) for name in ("limit", "remaining", "reset"))
    in_range = reset is not None and 0 < reset < 10**11
    return RateState(limit, remaining, datetime.fromtimestamp(reset or 0, UTC) if in_range else None)


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 18 else None


def _words(content: Mapping[str, Any]) -> tuple[str, set[int]]:
    """Everything X says about a refusal, in its problem form and in the older list of codes and messages."""
    found: list[str] = []
    codes: set[int] = set()
    for part in [content, *each_object(content.get("errors"))]:
        found += [str(part[name]) for name in ("title", "detail", "message", "type", "reason") if part.get(name)]
        if isinstance(part.get("code"), int):
            codes.add(part["code"])
    return " · ".join(dict.fromkeys(found)), codes


def _speaks_of(words: str, *phrases: str) -> bool:
    return any(phrase in words for phrase in phrases)


def _too_long(words: str, codes: set[int]) -> bool:
    return 186 in codes or "too long" in words or "shorter" in words
