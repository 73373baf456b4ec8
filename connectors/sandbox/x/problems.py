"""X's way of saying no: the problem bodies of API v2, worded as the real ones are.

Source: docs.x.com "Response codes & errors", and answers quoted in the trackers of client libraries.
"""

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

_TYPES = "https://api.x.com/2/problems/"


class Problem(Exception):
    """An error answer. Carried as an exception from wherever it is found to the front of the request."""

    def __init__(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(body.get("detail", body)))
        self.status, self.body, self.headers = status, dict(body), dict(headers or {})

    def response(self) -> JSONResponse:
        """As it goes out."""
        return JSONResponse(
            self.body, self.status, headers=self.headers, media_type="application/problem+json; charset=utf-8"
        )


def blank(status: int, title: str, detail: str = "") -> Problem:
    """The plain form without a type of its own."""
    return Problem(status, {"title": title, "detail": detail or title, "type": "about:blank", "status": status})


def unauthorized() -> Problem:
    """Missing, wrong or expired credentials."""
    return blank(401, "Unauthorized")


def forbidden(detail: str) -> Problem:
    """The rules of X forbid it."""
    return blank(403, "Forbidden", detail)


def too_many(headers: Mapping[str, str]) -> Problem:
    """Over the rate limit."""
    problem = blank(429, "Too Many Requests")
    problem.headers = dict(headers)
    return problem


def invalid(message: str, **parameters: str) -> Problem:
    """A parameter or field that makes no sense."""
    listed = {name: [value] for name, value in parameters.items()}
    return Problem(
        400,
        {
            "errors": [{"parameters": listed, "message": message}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": _TYPES + "invalid-request",
        },
    )


def wrong_parameter(name: str, value: str, rule: str) -> Problem:
    """A query parameter that breaks its rule."""
    return invalid(f"The `{name}` query parameter value [{value}] {rule}", **{name: value})


def not_found_entry(kind: str, parameter: str, value: str) -> dict[str, Any]:
    """One entry of `errors` in an answer that is otherwise 200: the thing asked for is not there."""
    return {
        "value": value,
        "resource_id": value,
        "resource_type": kind,
        "parameter": parameter,
        "title": "Not Found Error",
        "detail": f"Could not find {kind} with {parameter}: [{value}].",
        "type": _TYPES + "resource-not-found",
    }


def app_only_refused() -> Problem:
    """The app's bearer token where only a user can act."""
    return Problem(
        403,
        {
            "title": "Unsupported Authentication",
            "detail": "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  "
            "Supported authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].",
            "type": _TYPES + "unsupported-authentication",
            "status": 403,
        },
    )


def not_enrolled(client_id: str) -> Problem:
    """An endpoint that the app's plan does not include."""
    return Problem(
        403,
        {
            "client_id": client_id,
            "detail": "Your client app is not configured with the appropriate API product permissions "
            "for this endpoint.",
            "registration_url": "https://developer.x.com/en/portal/products",
            "title": "Client Forbidden",
            "required_enrollment": "Appropriate Level of API Access",
            "reason": "client-not-enrolled",
            "type": _TYPES + "client-forbidden",
        },
    )


def credits_depleted(account_id: str) -> Problem:
    """Paid credits are used up."""
    return Problem(
        402,
        {
            "account_id": account_id,
            "title": "CreditsDepleted",
            "detail": "Your enrolled account does not have any credits to fulfill this request.",
            "type": _TYPES + "credits",
        },
    )
