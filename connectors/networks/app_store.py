"""Reviews of an app in Apple's App Store, through the App Store Connect API (v1).

Sources: developer.apple.com/documentation/appstoreconnectapi: “List all customer reviews for an app” (200 on a page,
`sort=-createdDate`, `include=response`), “Customer review responses” (each review has at most one; creating another
overwrites it; PENDING_PUBLISH until the store shows it, PUBLISHED then), “Generating tokens for API requests” (ES256,
at most 20 minutes), “Identifying rate limits” (`x-rate-limit: user-hour-lim:3500;user-hour-rem:500;` for each key, in a
rolling hour). A response takes 5,970 characters, as App Store Connect says. A review has stars, a title, a text, a
nickname and a territory; neither version nor device. Who changes a review gives it a new date.
"""

import re
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from connectors import errors
from connectors.base import (
    Account,
    AccountInfo,
    Action,
    Capabilities,
    CredentialField,
    LengthRule,
    RateState,
    Stream,
)
from connectors.credentials import first_missing
from connectors.http import Answer as Told
from connectors.http import NetworkSession, lost_answer, without_secrets
from connectors.parsing import each_object, identifier, mapped, path_id
from connectors.parsing.reviews import Answer, Review, stars
from connectors.reviews import Listed, Reviews
from connectors.text import clean
from connectors.times import moment

HOST = "api.appstoreconnect.apple.com"
AUDIENCE = "appstoreconnect-v1"
MINUTES = 15  # that a token lasts; Apple takes at most 20
_STATES = {"PENDING_PUBLISH": "pending", "PUBLISHED": "published"}
_RATE = re.compile(r"user-hour-(lim|rem):(\d{1,9})", re.ASCII)
_KEY = re.compile(r"-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----")
_REVIEW = "customerReviews"
_RESPONSE = "customerReviewResponses"


class AppStore(Reviews):
    """One app."""

    slug: ClassVar[str] = "app_store"
    label: ClassVar[str] = "App Store"
    code: ClassVar[str] = "Ap"
    private_code: ClassVar[str] = "Ap"
    default_base_url: ClassVar[str] = f"https://{HOST}"
    page_size: ClassVar[int] = 200
    capabilities: ClassVar[Capabilities] = Capabilities(
        reply_private=False,
        private_from_public=False,
        actions=frozenset({Action.DELETE}),
        edits_seen=True,
        deletions_seen=True,
        one_answer=True,
        public_length=LengthRule(5_970),
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField(
            "app_id", "Apple ID of the app", "App Store Connect → the app → App information.", secret=False
        ),
        CredentialField(
            "issuer_id",
            "Issuer id",
            "Users and access → Integrations. Leave it empty for an individual key.",
            secret=False,
            required=False,
        ),
        CredentialField("key_id", "Key id", "Of a key with the role “Customer support” or more.", secret=False),
        CredentialField("private_key", "Private key", "The .p8 file, whole. Apple gives it once."),
    )
    streams: ClassVar[tuple[Stream, ...]] = (
        Stream("reviews", private=False, min_seconds=15),
        Stream("changes", private=False, min_seconds=60, history_items=200),
    )

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._session = NetworkSession((HOST,), account.base_url or self.default_base_url, account.timeout)
        self._app_id = account.credentials.get("app_id", "").strip()
        self._answered: Told | None = None

    @property
    def rate(self) -> RateState | None:
        told = dict(_RATE.findall(self._answered.headers.get("x-rate-limit", ""))) if self._answered else {}
        if "rem" not in told:
            return None
        return RateState(int(told["lim"]) if "lim" in told else None, int(told["rem"]))

    @property
    def told_at(self) -> datetime | None:
        try:
            return moment(self._answered.headers["date"]) if self._answered else None
        except (KeyError, ValueError):
            return None

    def check(self) -> AccountInfo:
        if not self._app_id.isdecimal():
            raise errors.AuthExpired("The Apple ID of an app is a number. Correct it under Inboxes.")
        app = mapped(self._get_from(f"apps/{path_id(self._app_id)}", **{"fields[apps]": "name,bundleId"}).get("data"))
        told = mapped(app.get("attributes"))
        if clean(app.get("id")) != self._app_id:
            raise errors.Unreadable("Apple did not say which app this is.")
        self._list("")
        return AccountInfo(self._app_id, clean(told.get("bundleId"), 100), clean(told.get("name"), 100))

    def _list(self, token: str) -> Listed:
        told = self._get_from(
            f"apps/{path_id(self._app_id)}/customerReviews",
            sort="-createdDate",
            include="response",
            limit=self.page_size,
            **({"cursor": token} if token else {}),
        )
        entries = [_with_answer(one, told) for one in each_object(told.get("data"))]
        following = urlsplit(clean(mapped(told.get("links")).get("next"), 4_000)).query
        return Listed(entries, parse_qs(following).get("cursor", [""])[0])

    def _get(self, review_id: str) -> Mapping[str, Any]:
        told = self._get_from(f"customerReviews/{review_id}", include="response")
        return _with_answer(mapped(told.get("data")), told)

    def _read(self, entry: Mapping[str, Any]) -> Review:
        told = mapped(entry["attributes"])
        title, body = clean(told.get("title")).strip(), clean(told.get("body")).strip()
        return Review(
            id=identifier(entry["id"]),
            text=f"{title}\n\n{body}".strip(),
            rating=stars(told.get("rating")),
            touched_at=moment(told["createdDate"]),
            author=clean(told.get("reviewerNickname"), 300),
            about={"country": clean(told.get("territory"), 3)},
            answer=_answer(mapped(entry.get("_answer"))),
            raw=entry,
        )

    def _say(self, review_id: str, text: str) -> Answer | None:
        body = {
            "data": {
                "type": _RESPONSE,
                "attributes": {"responseBody": text},
                "relationships": {"review": {"data": {"type": _REVIEW, "id": review_id}}},
            }
        }
        try:
            return _answer(mapped(self._call("POST", _RESPONSE, write=True, json=body).get("data")))
        except (KeyError, ValueError):
            return None  # it stands there, whatever Apple says of the time

    def _take_back(self, review_id: str) -> None:
        known = mapped(self._get_from(f"customerReviews/{review_id}/response").get("data"))
        if not known:
            raise errors.NotFound("This is not in the App Store any more.")
        self._call("DELETE", f"{_RESPONSE}/{path_id(clean(known.get('id')))}", write=True)

    # --- calls -------------------------------------------------------------------------------------------------------

    def _get_from(self, path: str, **params: Any) -> dict[str, Any]:
        return self._call("GET", path, write=False, params=params)

    def _call(self, method: str, path: str, *, write: bool, **options: Any) -> dict[str, Any]:
        if missing := first_missing(self.credential_fields, self._account.credentials):
            raise errors.AuthExpired("The field “%(field)s” is empty. Fill it in under Inboxes.", field=missing)
        headers = {"Authorization": f"Bearer {self._token()}"}
        answer = self._answered = self._session.answer_to(
            lambda: self._session.request(method, f"https://{HOST}/v1/{path}", headers=headers, **options),
            network=self.label,
            write=write,
            library_error=ValueError,
        )
        if answer.status >= 300:
            raise self._refusal(answer, write=write)
        if answer.status == 204:
            return {}
        content = answer.json()
        if isinstance(content, dict):
            return content
        detail = f"HTTP {answer.status}, no JSON object"
        if write:
            raise lost_answer(self.label, detail)
        raise errors.Unreadable(
            "%(network)s answered with something that can't be read. The desk tries again.",
            network=self.label,
            detail=detail,
        )

    def _token(self) -> str:
        """Signed anew for each call: it takes a fraction of a millisecond, and a token of a quarter is worth little."""
        import jwt  # loaded when the first account is spoken for: with cryptography it takes some megabytes

        given = self._account.credentials
        issuer, now = given.get("issuer_id", "").strip(), int(time.time())
        claims = {"iss": issuer} if issuer else {"sub": "user"}
        try:
            return jwt.encode(
                {**claims, "iat": now, "exp": now + MINUTES * 60, "aud": AUDIENCE},
                _pem(given.get("private_key", "")),
                algorithm="ES256",
                headers={"kid": given.get("key_id", "").strip()},
            )
        except (ValueError, TypeError, jwt.PyJWTError) as problem:
            raise errors.AuthExpired(
                "The private key can't be read. Paste the whole .p8 file that Apple gave.",
                detail=type(problem).__name__,
            ) from None

    def _refusal(self, answer: Told, *, write: bool) -> errors.NetworkError:
        told = next(each_object(mapped(answer.json()).get("errors") or []), {})
        code, words = clean(told.get("code"), 100), clean(told.get("detail") or told.get("title"))
        detail = without_secrets(f"HTTP {answer.status} {code} {words}", self._account.credentials)
        if answer.status >= 500 or answer.status == 408:
            if write:
                return lost_answer(self.label, detail)
            return errors.Transient(
                "%(network)s has a fault of its own. The desk tries again.", network=self.label, detail=detail
            )
        match answer.status:
            case 401:
                return errors.AuthExpired("Apple no longer accepts the key. Connect the account again.", detail=detail)
            case 402:
                return errors.QuotaExhausted("Apple wants to be paid first.", detail=detail)
            case 403 if "AGREEMENT" in code:
                return errors.PermissionMissing("Apple wants an agreement to be signed in App Store Connect first.",
                                                detail=detail)  # fmt: skip
            case 403:
                return errors.PermissionMissing("The key may not do this. Give it the role “Customer support”.",
                                                detail=detail)  # fmt: skip
            case 404 | 410:
                return errors.NotFound("This is not in the App Store any more.", detail=detail)
            case 429:
                return errors.RateLimited("%(network)s wants a pause.", network=self.label, detail=detail)
            case 400 | 409 | 413 | 422 if write or code:
                return errors.InvalidContent(
                    "%(network)s refused this. Change it and try again.", network=self.label, detail=detail
                )
        if write and answer.status < 400:
            return lost_answer(self.label, detail)
        return errors.Unreadable(
            "%(network)s answered with something that can't be read. The desk tries again.",
            network=self.label,
            detail=detail,
        )


def _with_answer(entry: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """A review with its response, which stands beside it; either of the two may name the other."""
    wanted = _link(entry, "response")
    for one in each_object(told.get("included") or []):
        mine = clean(one.get("id")) == wanted if wanted else _link(one, "review") == clean(entry.get("id"))
        if one.get("type") == _RESPONSE and mine:
            return {**entry, "_answer": one}
    return {**entry, "_answer": None}


def _link(entry: Mapping[str, Any], name: str) -> str:
    return clean(mapped(mapped(mapped(entry.get("relationships")).get(name)).get("data")).get("id"))


def _answer(response: Mapping[str, Any]) -> Answer | None:
    told = mapped(response.get("attributes"))
    if not told:
        return None
    return Answer(
        clean(told.get("responseBody")), moment(told["lastModifiedDate"]), _STATES.get(clean(told.get("state")), "")
    )


def _pem(key: str) -> bytes:
    """The key with its lines as they were: a field of a form takes them out."""
    found = _KEY.search(key)
    if found is None:
        raise ValueError("no key")
    lines = re.findall(".{1,64}", re.sub(r"\s", "", found[2]))
    return "\n".join([f"-----BEGIN {found[1]}-----", *lines, f"-----END {found[1]}-----", ""]).encode()
