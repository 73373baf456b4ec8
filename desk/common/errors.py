"""What a verb answers when it can't do what was asked. Screens show `message`, the API answers with `code`."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise


class DeskError(Exception):
    """The root. `message` says what is true and what to do, in the reader's language; `status` is the HTTP status."""

    status = 400
    code = "invalid"

    def __init__(
        self,
        message: "str | Promise",
        *,
        code: str | None = None,
        errors: Mapping[str, Sequence["str | Promise"]] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.errors = errors or {}
        if code:
            self.code = code


class Invalid(DeskError):
    """A value that can't be used; `errors` says which."""


class NotPermitted(DeskError):
    """The person lacks the permission."""

    status = 403
    code = "not_permitted"


class Missing(DeskError):
    """There is no such thing, or not for this person."""

    status = 404
    code = "not_found"


class Conflict(DeskError):
    """Somebody was quicker, or the thing is in a state where this is impossible."""

    status = 409
    code = "conflict"


class TooOften(DeskError):
    """Tried more often than a person would; a while later it works again."""

    status = 429
    code = "too_often"
