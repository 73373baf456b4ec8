"""The few ways in which a network can say no. Messages are plain English sentences without secrets."""

from datetime import datetime


class NetworkError(Exception):
    """The root. `permanent` says that trying again unchanged can't help; `code` is stable and goes into the API."""

    permanent = False
    code = "network_error"

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail  # the network's own code and words, for the health screen

    @property
    def in_full(self) -> str:
        """What is wrong, with the network's own words behind it."""
        return f"{self.message} ({self.detail})" if self.detail else self.message


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

    def __init__(self, message: str, *, retry_at: datetime | None = None, detail: str = "") -> None:
        super().__init__(message, detail=detail)
        self.retry_at = retry_at


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

    def __init__(self, message: str, *, limit: int | None = None, detail: str = "") -> None:
        super().__init__(message, detail=detail)
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
