"""How a server of Mastodon's API says no: status and words → `connectors.errors`, and what its headers say is left.

Mastodon answers 403 and 422 with nothing but a sentence. Other software of the same API answers 401 for what is not
ours and 400 for a dead token, so whoever asks finds out first whether the token lives (`token_lives`).
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from connectors import errors
from connectors.base import RateState
from connectors.http import Answer, lost_answer, without_secrets
from connectors.parsing import mapped
from connectors.text import clean
from connectors.times import moment

LABEL = "Mastodon"
ABOUT_THE_TOKEN = (400, 401, 403)  # may mean that the token is dead, and may not


def refusal(
    answer: Answer, *, write: bool, credentials: Mapping[str, str], token_lives: bool | None
) -> errors.NetworkError:
    """The error for an answer that is none of what was asked. `token_lives` is None where nobody could tell."""
    words = _words(answer)
    detail = without_secrets(f"HTTP {answer.status} {words}", credentials)
    spoken = words.lower()
    if answer.status >= 500 or answer.status == 408:
        if write:
            return lost_answer(LABEL, detail)
        return errors.Transient("Mastodon has a fault of its own. The desk tries again.", detail=detail)
    if answer.status == 402:
        return errors.QuotaExhausted("The server wants to be paid first. Ask whoever runs it.", detail=detail)
    if answer.status == 429:
        return errors.RateLimited(
            "The Mastodon server wants a pause.", retry_at=retry_at(answer.headers), detail=detail
        )
    if answer.status in ABOUT_THE_TOKEN:
        return _about_the_token(answer.status, spoken, detail, write=write, token_lives=token_lives)
    if answer.status in (404, 410):
        return errors.NotFound("This is not on Mastodon any more.", detail=detail)
    if answer.status in (409, 413, 415, 422):
        return _invalid(spoken, detail)
    if write and answer.status < 400:
        return lost_answer(LABEL, detail)
    return errors.Unreadable("This server does not answer as Mastodon does. Check its address.", detail=detail)


def rate_of(headers: Mapping[str, str]) -> RateState | None:
    """What is left in the window; None where the server does not say."""
    limit, remaining = (_whole(headers.get(f"x-ratelimit-{name}")) for name in ("limit", "remaining"))
    if remaining is None:
        return None
    return RateState(limit, remaining, _time(headers.get("x-ratelimit-reset")))


def retry_at(headers: Mapping[str, str]) -> datetime | None:
    """When to come back: the end of the window (ISO 8601, on GoToSocial seconds since 1970), or after a pause."""
    pause, told_at = _whole(headers.get("retry-after")), _time(headers.get("date"))
    if reset := _time(headers.get("x-ratelimit-reset")):
        return reset
    return told_at + timedelta(seconds=min(pause, 86_400)) if pause is not None and told_at else None


def _about_the_token(
    status: int, spoken: str, detail: str, *, write: bool, token_lives: bool | None
) -> errors.NetworkError:
    if "scope" in spoken:
        return errors.PermissionMissing(
            "The access token lacks a permission. Make one with “read” and “write” in Mastodon.", detail=detail
        )
    if token_lives is False or (status == 401 and (token_lives is None or "access token" in spoken)):
        return errors.AuthExpired(
            "Mastodon no longer accepts the access token. Connect the account again.", detail=detail
        )
    if status == 400:
        if write:
            return _invalid(spoken, detail)
        return errors.Unreadable("This server does not answer as Mastodon does. Check its address.", detail=detail)
    if write:
        return errors.NotAllowedByPolicy("The Mastodon server does not allow this to the account.", detail=detail)
    return errors.PermissionMissing("The account may not see this on Mastodon.", detail=detail)


def _invalid(spoken: str, detail: str) -> errors.NetworkError:
    if "finished processing" in spoken:
        return errors.Transient("Mastodon is still working on the attachment. The desk tries again.", detail=detail)
    if "character" in spoken or "too long" in spoken:
        number = re.search(r"\b(\d{2,6})\b", spoken)
        limit = int(number[1]) if number else None
        return errors.InvalidContent("The text is too long for this Mastodon server.", limit=limit, detail=detail)
    return errors.InvalidContent("Mastodon refused this. Change it and try again.", detail=detail)


def _words(answer: Answer) -> str:
    content = mapped(answer.json())
    said = " · ".join(clean(content[name]) for name in ("error", "error_description") if content.get(name))
    return said or answer.body[:20_000].decode("utf-8", "replace")


def _time(text: str | None) -> datetime | None:
    try:
        return moment(text) if text else None
    except ValueError:
        return None


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 18 else None
