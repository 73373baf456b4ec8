"""Bluesky's way of saying no: a status and {"error": a name, "message": words}, worded as the real servers do."""

from collections.abc import Mapping

from starlette.responses import JSONResponse


class XrpcError(Exception):
    """An error answer. Carried as an exception from wherever it is found to the front of the request."""

    def __init__(self, status: int, error: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.error, self.message, self.headers = status, error, message, dict(headers or {})

    def response(self) -> JSONResponse:
        """As it goes out."""
        return JSONResponse({"error": self.error, "message": self.message}, self.status, headers=self.headers)


def invalid(message: str) -> XrpcError:
    """A question or record that makes no sense."""
    return XrpcError(400, "InvalidRequest", message)


def invalid_post(message: str) -> XrpcError:
    """A post that does not keep to its lexicon."""
    return invalid(f"Invalid app.bsky.feed.post record: {message}")


def missing_token() -> XrpcError:
    """No token, where one is needed."""
    return XrpcError(401, "AuthMissing", "Authentication Required")


def bad_token(message: str = "Token could not be verified") -> XrpcError:
    """A token that is none of ours, or that may not be used for this."""
    return XrpcError(400, "InvalidToken", message)


def expired() -> XrpcError:
    """A token whose time has passed."""
    return XrpcError(400, "ExpiredToken", "Token has expired")


def wrong_password() -> XrpcError:
    """Nobody, or another password."""
    return XrpcError(401, "AuthenticationRequired", "Invalid identifier or password")


def no_record(address: str) -> XrpcError:
    """A record that is not there."""
    return XrpcError(400, "RecordNotFound", f"Could not locate record: {address}")


def not_served() -> XrpcError:
    """A method that this server does not know."""
    return XrpcError(404, "XRPCNotSupported", "XRPC Not Supported")


def too_many(headers: Mapping[str, str]) -> XrpcError:
    """Over the rate limit."""
    return XrpcError(429, "RateLimitExceeded", "Rate Limit Exceeded", headers)
