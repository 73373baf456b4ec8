"""How a server of Mastodon's API says no: one sentence in `error`."""

from collections.abc import Mapping

from starlette.responses import JSONResponse

HTML = (
    "<!DOCTYPE html><html lang='en'><head><title>We're sorry, but something went wrong (500)</title></head>"
    "<body class='error'><h1>We're sorry, but something went wrong on our end.</h1></body></html>"
)


class Refusal(Exception):
    """An error answer, carried to the front of the request."""

    def __init__(self, status: int, words: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.status, self.words, self.headers = status, words, dict(headers or {})

    def response(self) -> JSONResponse:
        """As it goes out."""
        return JSONResponse({"error": self.words}, self.status, headers=self.headers)


def dead_token() -> Refusal:
    """The token is nobody's, or no more."""
    return Refusal(401, "The access token was revoked")


def out_of_scope() -> Refusal:
    """The token may not do this."""
    return Refusal(403, "This action is outside the authorized scopes")


def not_found() -> Refusal:
    """It is not there, or not for this account."""
    return Refusal(404, "Record not found")


def invalid(words: str) -> Refusal:
    """What was sent breaks a rule."""
    return Refusal(422, f"Validation failed: {words}")


def too_many(headers: Mapping[str, str]) -> Refusal:
    """Over the rate limit."""
    return Refusal(429, "Too many requests", headers)
