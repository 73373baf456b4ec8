"""How Meta says no: error code and subcode → `connectors.errors`, and what its usage headers say is left.

Source: Meta's error references for the Graph API, Messenger and Instagram messaging.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors import errors
from connectors.base import RateState
from connectors.http import Answer, lost_answer, without_secrets
from connectors.parsing import each_object, mapped
from connectors.times import moment

_THROTTLED = frozenset({4, 17, 32, 341, 613, *range(80_000, 80_015)})
_PASSING = frozenset({1, 2})
_DEAD_TOKEN = frozenset({102, 190})
_GONE_SUBCODES = frozenset({33})
_WINDOW_CLOSED = frozenset({2018278, 2534022})  # Messenger, Instagram
_PAGE_RESTRICTED = 1893063
_ANOTHER_APP = 2018300
_PRIVATE_REPLY_USED = frozenset({2534025, 10900})
_PERSON_GONE = frozenset({1545041, 2018001, 2534014})


class HeldByAnotherApp(errors.NotAllowedByPolicy):
    """Another app of the page has the conversation; nothing was sent."""


def refusal(answer: Answer, *, write: bool, credentials: Mapping[str, str], network: str) -> errors.NetworkError:
    """The error for an answer that is none of what was asked. `network` is what people call it."""
    error = error_in(answer)
    if error is None:
        return _without_words(answer, write, network, without_secrets(f"HTTP {answer.status}, no JSON", credentials))
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    said = str(error.get("error_user_msg") or error.get("message") or "")
    trace = error.get("fbtrace_id", "")
    detail = without_secrets(f"HTTP {answer.status} code {code}/{subcode} {said} ({trace})", credentials)
    if code in _THROTTLED or answer.status == 429:
        return errors.RateLimited(
            "%(network)s wants a pause.", retry_at=_retry_at(answer), network=network, detail=detail
        )
    if code in _DEAD_TOKEN or "appsecret_proof" in said:
        return errors.AuthExpired(
            "%(network)s no longer accepts the page's token. Connect the page again.", network=network, detail=detail
        )
    if subcode == _ANOTHER_APP:
        return HeldByAnotherApp(
            "Another app has this conversation on %(network)s. Make the desk its primary receiver, or end it there.",
            network=network,
            detail=detail,
        )
    if {code, subcode} & _WINDOW_CLOSED:
        return errors.WindowClosed(
            "The time in which %(network)s lets a page answer this person has passed. The person has to write first.",
            network=network,
            detail=detail,
        )
    if {code, subcode} & _PRIVATE_REPLY_USED:
        return errors.NotAllowedByPolicy(
            "%(network)s allows one private reply to a comment, and it has been used or its time has passed.",
            network=network,
            detail=detail,
        )
    if code == 551 or {code, subcode} & _PERSON_GONE:
        return errors.RecipientUnavailable("This person takes no messages from the page at present.", detail=detail)
    if subcode == _PAGE_RESTRICTED or code == 368:
        return errors.NotAllowedByPolicy(
            "%(network)s has restricted the page. See its quality screen.", network=network, detail=detail
        )
    if code in (3, 10) or 200 <= code <= 299:
        return errors.PermissionMissing(
            "The page's token lacks a permission for this on %(network)s.", network=network, detail=detail
        )
    if code == 506:
        return errors.Duplicate(
            "%(network)s has just seen this very text from the page.", network=network, detail=detail
        )
    if code in (100, 803, 21):
        return _bad_request(subcode, said, write, network, detail)
    if code in _PASSING or error.get("is_transient") or answer.status >= 500:
        return _passing(answer, write, network, detail)
    if write:
        return errors.InvalidContent("%(network)s refused this.", network=network, detail=detail)
    return errors.Unreadable("%(network)s refused the question.", network=network, detail=detail)


def error_in(answer: Answer) -> Mapping[str, Any] | None:
    """Facebook's error object, where the answer holds one."""
    content = answer.json()
    return content["error"] if isinstance(content, dict) and isinstance(content.get("error"), dict) else None


def _bad_request(subcode: int, said: str, write: bool, network: str, detail: str) -> errors.NetworkError:
    """Code 100 is both a field that is wrong and an object that is gone."""
    words = said.lower()
    if subcode in _GONE_SUBCODES or "does not exist" in words or "do not exist" in words or "cannot be loaded" in words:
        return errors.NotFound(
            "This is not on %(network)s any more, or the page may not see it.", network=network, detail=detail
        )
    if not write:
        return errors.Unreadable("%(network)s did not understand the question.", network=network, detail=detail)
    limit = re.search(r"(?:less than or equal to|at most|maximum of) (\d{2,6})", words)
    return errors.InvalidContent(
        "%(network)s refused the text.", limit=int(limit[1]) if limit else None, network=network, detail=detail
    )


def _passing(answer: Answer, write: bool, network: str, detail: str) -> errors.NetworkError:
    """Codes 1 and 2. With a 5xx Facebook broke down half-way, and a write may have been done; else it was refused."""
    if write and answer.status >= 500:
        return lost_answer(network, detail)
    return errors.Transient("%(network)s has a fault of its own. The desk tries again.", network=network, detail=detail)


def _without_words(answer: Answer, write: bool, network: str, detail: str) -> errors.NetworkError:
    if answer.status == 429:
        return errors.RateLimited(
            "%(network)s wants a pause.", retry_at=_retry_at(answer), network=network, detail=detail
        )
    if answer.status == 401:
        return errors.AuthExpired(
            "%(network)s no longer accepts the page's token. Connect the page again.", network=network, detail=detail
        )
    if answer.status == 403:
        return errors.PermissionMissing(
            "%(network)s refused access without saying why.", network=network, detail=detail
        )
    if answer.status == 404:
        return errors.NotFound(
            "This address is not on %(network)s. Check the server of the inbox.", network=network, detail=detail
        )
    if write:
        return lost_answer(network, detail)
    if answer.status >= 500:
        return errors.Transient(
            "%(network)s has a fault of its own. The desk tries again.", network=network, detail=detail
        )
    return errors.Unreadable(
        "%(network)s answered with something that can't be read. The desk tries again.", network=network, detail=detail
    )


def rate_of(headers: Mapping[str, str]) -> RateState | None:
    """What is left, in per cent of the busiest of Facebook's counters; None where it does not say."""
    used = [_number(value) for usage in _usages(headers) for name, value in usage.items() if name in _COUNTERS]
    if not used:
        return None
    return RateState(limit=100, remaining=max(0, 100 - max(used)), reset_at=_regained_at(headers))


_COUNTERS = frozenset({"call_count", "total_time", "total_cputime"})


def _usages(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    for name in ("x-app-usage", "x-page-usage", "x-business-use-case-usage"):
        try:
            content = mapped(json.loads(headers.get(name, "{}")))
        except ValueError:
            continue  # a counter that can't be read says nothing
        yield content
        for usages in content.values():
            yield from each_object(usages)


def _retry_at(answer: Answer) -> datetime | None:
    return _regained_at(answer.headers)


def _regained_at(headers: Mapping[str, str]) -> datetime | None:
    """The network's own time plus the minutes after which it says calls are welcome again."""
    minutes = max((_number(usage.get("estimated_time_to_regain_access")) for usage in _usages(headers)), default=0)
    if not 0 < minutes <= 60 * 24 * 31:
        return None
    try:
        return moment(headers["date"]) + timedelta(minutes=minutes)
    except (KeyError, ValueError):
        return None


def _number(value: object) -> int:
    """A code as a number; 0 for none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return 0
    try:
        return int(value)
    except (ValueError, OverflowError):
        return 0
