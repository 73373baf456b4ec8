"""The few ways in which a network can say no.

Messages are plain English sentences without secrets. What differs from one time to the next is no part of the sentence
but stands in `values`, so that whoever shows it can translate it; the sentences in `connectors/` are collected for the
translators by the names of these classes.
"""

from collections.abc import Mapping
from datetime import datetime


class NetworkError(Exception):
    """The root. `permanent` says that trying again unchanged can't help; `code` is stable and goes into the API.

    `sentence` has its `values` as %(name)s in it.
    """

    permanent = False
    code = "network_error"

    def __init__(self, sentence: str, *, detail: str = "", **values: str) -> None:
        super().__init__(sentence % values if values else sentence)
        self.sentence = sentence
        self.values: Mapping[str, str] = values
        self.detail = detail  # the network's own code and words, for the health screen


class AuthExpired(NetworkError):
    """The token is dead: hold what waits, tell the administrators."""

    code = "auth_expired"


class PermissionMissing(NetworkError):
    """The token lives but lacks a permission."""

    permanent = True
    code = "permission_missing"


class RateLimited(NetworkError):
    """Too many calls. `retry_at` is the network's own time where it gave one, else None and the desk backs off."""

    code = "rate_limited"

    def __init__(self, sentence: str, *, retry_at: datetime | None = None, detail: str = "", **values: str) -> None:
        super().__init__(sentence, detail=detail, **values)
        self.retry_at = retry_at


class StillWorking(RateLimited):
    """The network has a file and works on it: `handle` goes back into `OutgoingFile`, to be asked about later."""

    code = "still_working"

    def __init__(self, sentence: str, *, handle: str) -> None:
        super().__init__(sentence)
        self.handle = handle


class QuotaExhausted(NetworkError):
    """Paid credits or the monthly cap are used up (HTTP 402): waiting does not help, paying does."""

    code = "quota_exhausted"


class WindowClosed(NetworkError):
    """The network's reply window has closed."""

    permanent = True
    code = "window_closed"


class RecipientUnavailable(NetworkError):
    """The person is gone, blocked us, or takes no messages."""

    permanent = True
    code = "recipient_unavailable"


class NotAllowedByPolicy(NetworkError):
    """The network's rules forbid it (X: a reply to somebody who did not mention us)."""

    permanent = True
    code = "not_allowed"


class NotFound(NetworkError):
    """The post, comment or conversation is not there any more."""

    permanent = True
    code = "not_found"


class InvalidContent(NetworkError):
    """The text is refused. `limit` where it was the length."""

    permanent = True
    code = "invalid_content"

    def __init__(self, sentence: str, *, limit: int | None = None, detail: str = "", **values: str) -> None:
        super().__init__(sentence, detail=detail, **values)
        self.limit = limit


class Duplicate(NetworkError):
    """The network has seen this very text from us just now: it may already be there."""

    permanent = True
    code = "duplicate"


class Transient(NetworkError):
    """A passing fault, and the request certainly did not take effect or was only a read."""

    code = "transient"


class OutcomeUnknown(NetworkError):
    """The answer to a write was lost: look it up before anything is sent again."""

    code = "outcome_unknown"


class AddressRefused(NetworkError):
    """An address that the desk does not call: not http(s), unknown, or inside a private network."""

    permanent = True
    code = "address_refused"


class Unreadable(NetworkError):
    """The network answered with something that is not what its documents say (HTML, cut JSON)."""

    code = "unreadable"
