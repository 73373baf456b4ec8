"""Facebook's way of saying no: the error object of the Graph API, worded as the real ones are.

Sources: Meta's "Handling errors" and Messenger "Common error codes" (2026), and answers quoted in the trackers of
client libraries. Where Meta documents a code or subcode without its sentence, the sentence is ours.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

DOCS = "https://developers.facebook.com/docs/graph-api"


class GraphError(Exception):
    """An error answer. Carried as an exception from wherever it is found to the front of the request."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        subcode: int = 0,
        kind: str = "OAuthException",
        status: int = 400,
        transient: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.subcode, self.kind, self.status = code, subcode, kind, status
        self.transient, self.headers = transient, dict(headers or {})

    def response(self) -> JSONResponse:
        """As it goes out."""
        error: dict[str, Any] = {"message": str(self), "type": self.kind, "code": self.code}
        if self.subcode:
            error["error_subcode"] = self.subcode
        if self.transient:
            error["is_transient"] = True
        error["fbtrace_id"] = trace_id()
        headers = dict(self.headers)
        if self.code in (102, 104, 190):
            headers["WWW-Authenticate"] = f'OAuth "Facebook Platform" "invalid_token" "{self}"'
        return JSONResponse(
            {"error": error}, self.status, headers=headers, media_type="application/json; charset=UTF-8"
        )


def trace_id() -> str:
    """What Meta's support asks for."""
    return "A" + secrets.token_urlsafe(16)


def wrong(name: str, rule: str, subcode: int = 0) -> GraphError:
    """A parameter that makes no sense."""
    return GraphError(100, f"(#100) Param {name} {rule}", subcode=subcode)


def gone(method: str, object_id: str) -> GraphError:
    """Nothing is there, or it is not this page's to see: Facebook does not tell which."""
    message = (
        f"Unsupported {method.lower()} request. Object with ID '{object_id}' does not exist, cannot be loaded due to "
        f"missing permissions, or does not support this operation. Please read the Graph API documentation at {DOCS}"
    )
    return GraphError(100, message, subcode=33, kind="GraphMethodException")


def no_field(name: str, node_type: str) -> GraphError:
    """A field or edge that this type of object does not have."""
    return GraphError(100, f"(#100) Tried accessing nonexisting field ({name}) on node type ({node_type})")


def dead_token(message: str, subcode: int = 0) -> GraphError:
    """A token that is no longer, or never was, good."""
    return GraphError(190, message, subcode=subcode)


def page_token_needed() -> GraphError:
    """The app's token where a page's is needed."""
    return dead_token("(#190) This method must be called with a Page Access Token")


def permission_missing(permission: str) -> GraphError:
    """The token lacks a permission."""
    if permission == "pages_messaging":
        return GraphError(230, "(#230) Requires pages_messaging permission to manage the object", status=403)
    return GraphError(
        10,
        f"(#10) This endpoint requires the '{permission}' permission or the 'Page Public Content Access' feature. "
        "Refer to https://developers.facebook.com/docs/apps/review/login-permissions#manage-pages for details.",
        status=403,
    )


def not_yours(message: str) -> GraphError:
    """Somebody else's words."""
    return GraphError(200, f"(#200) {message}", status=403)


def window_closed(subcode: int = 2018278) -> GraphError:
    """The person wrote too long ago."""
    return GraphError(
        10,
        "(#10) This message is sent outside of allowed window. Learn more about the new policy here: "
        "https://developers.facebook.com/docs/messenger-platform/policy-overview",
        subcode=subcode,
    )


def unavailable() -> GraphError:
    """The person has switched the page's messages off, or is gone."""
    return GraphError(551, "(#551) This person isn't available right now.", subcode=1545041)


def nobody(subcode: int = 2018001) -> GraphError:
    """A recipient whom this page does not know."""
    return GraphError(100, "(#100) No matching user found", subcode=subcode)


def no_private_reply() -> GraphError:
    """A comment that was answered in private before, or is older than 7 days."""
    return GraphError(100, "(#100) This comment or post can't be replied to privately", subcode=2534025)


def throttled(code: int, headers: Mapping[str, str] | None = None) -> GraphError:
    """Too many calls, in the words of each of the limits."""
    sentences = {
        4: "(#4) Application request limit reached",
        17: "(#17) User request limit reached",
        32: "(#32) Page request limit reached",
        613: "(#613) Calls to this api have exceeded the rate limit.",
        80001: "(#80001) There have been too many calls to this Page account. Wait a bit and try again. For more info, "
        "please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",
        80002: "(#80002) There have been too many calls to this Instagram account. Wait a bit and try again.",
        80006: "(#80006) There have been too many calls to this Messenger account. Wait a bit and try again.",
    }
    message = sentences.get(code, f"(#{code}) Request limit reached")
    return GraphError(code, message, status=403 if code == 4 else 400, transient=code == 4, headers=headers)
