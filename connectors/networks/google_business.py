"""Google reviews of a company's places, through the Business Profile API (v4).

Sources: developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews (list, get, updateReply,
deleteReply: stars as words, a reply of at most 4,096 bytes, its state since April 2026), accounts.locations/
batchGetReviews (several places at once), /content/limits (300 calls a minute for each project). A list is by
`updateTime`, newest first, at most 50 on a page. Reviewers have a name at most, no id and no address.

Google needs the project to be approved for this API, and a verified place to answer for.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from connectors import errors
from connectors.base import (
    Account,
    AccountInfo,
    Action,
    Attachment,
    Capabilities,
    CredentialField,
    LengthRule,
    RateState,
    Stream,
)
from connectors.google_api import OAUTH_FIELDS, GoogleApi
from connectors.parsing import each_object, identifier, mapped
from connectors.parsing.reviews import Answer, Review
from connectors.reviews import Listed, Reviews
from connectors.text import clean
from connectors.times import moment

HOST, ABOUT_PLACES = "mybusiness.googleapis.com", "mybusinessbusinessinformation.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/business.manage"
MOST_PLACES = 50  # that batchGetReviews takes
_NUMBER = re.compile(r"\d{1,40}", re.ASCII)
_STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}
_STATES = {"PENDING": "pending", "APPROVED": "published", "REJECTED": "refused"}
# Google puts a translation for the account's owner into the text, before or behind the words themselves.
_TRANSLATED_FIRST = re.compile(r"\A\(Translated by Google\).*\n\s*\(Original\)\s*", re.DOTALL)
_TRANSLATED_LAST = re.compile(r"\n\s*\(Translated by Google\)\s.*\Z", re.DOTALL)


class GoogleBusiness(Reviews):
    """One place of a company on Google Maps, or several."""

    slug: ClassVar[str] = "google_business"
    label: ClassVar[str] = "Google reviews"
    code: ClassVar[str] = "Go"
    private_code: ClassVar[str] = "Go"
    default_base_url: ClassVar[str] = f"https://{HOST}"
    page_size: ClassVar[int] = 50
    capabilities: ClassVar[Capabilities] = Capabilities(
        reply_private=False,
        private_from_public=False,
        actions=frozenset({Action.DELETE}),
        edits_seen=True,
        deletions_seen=True,
        one_answer=True,
        public_length=LengthRule(4_096, "bytes"),
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField("account_id", "Business account id", "The number behind “accounts/”.", secret=False),
        CredentialField(
            "location_ids", "Location ids", "The number behind “locations/”; several by commas.", secret=False
        ),
        *OAUTH_FIELDS,
    )
    streams: ClassVar[tuple[Stream, ...]] = (
        Stream("reviews", private=False, min_seconds=15),
        Stream("changes", private=False, min_seconds=60, history_items=50),
    )

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._api = GoogleApi(
            account, account.base_url or self.default_base_url, (HOST, ABOUT_PLACES), SCOPE, self.label
        )
        given = account.credentials
        self._owner = re.sub(r"\Aaccounts/", "", given.get("account_id", "").strip())
        named = (re.sub(r"\A.*locations/", "", one.strip()) for one in given.get("location_ids", "").split(","))
        self._places = tuple(dict.fromkeys(one for one in named if one))

    @property
    def rate(self) -> RateState | None:
        return None  # Google tells nothing of what is left

    @property
    def told_at(self) -> datetime | None:
        return self._api.told_at

    def check(self) -> AccountInfo:
        if not self._places or not all(map(_NUMBER.fullmatch, (self._owner, *self._places))):
            raise errors.AuthExpired("Account and locations are numbers. Correct them under Inboxes.")
        if len(self._places) > MOST_PLACES:
            raise errors.AuthExpired("One inbox reads at most 50 locations. Connect the others as another inbox.")
        self._list("")
        place = self._api.get(f"https://{ABOUT_PLACES}/v1/locations/{self._places[0]}", readMask="title")
        title = clean(place.get("title"), 100)
        if len(self._places) > 1:
            return AccountInfo(self._owner, self._owner, title)
        return AccountInfo(self._places[0], title or self._places[0], title)

    def _list(self, token: str) -> Listed:
        if len(self._places) > 1:
            body: dict[str, Any] = {
                "locationNames": [self._name(place) for place in self._places],
                "pageSize": self.page_size,
                "orderBy": "updateTime desc",
                "ignoreRatingOnlyReviews": False,
            }
            address = f"https://{HOST}/v4/accounts/{self._owner}/locations:batchGetReviews"
            told = self._api.ask(address, body | ({"pageToken": token} if token else {}))
            entries = [
                {**mapped(one.get("review")), "_place": one.get("name")}
                for one in each_object(told.get("locationReviews"))
            ]
            return Listed(entries, clean(told.get("nextPageToken"), 4_000))
        told = self._api.get(
            f"https://{HOST}/v4/{self._name(*self._places)}/reviews",
            pageSize=self.page_size,
            orderBy="updateTime desc",
            pageToken=token or None,
        )
        return Listed(told.get("reviews"), clean(told.get("nextPageToken"), 4_000))

    def _get(self, review_id: str) -> Mapping[str, Any]:
        return self._api.get(f"https://{HOST}/v4/{self._name_of(review_id)}")

    def _read(self, entry: Mapping[str, Any]) -> Review:
        found = re.search(r"locations/(\d{1,40})", clean(entry.get("name") or entry.get("_place"), 500), re.ASCII)
        place = found[1] if found else next(iter(self._places), "")
        reviewer = mapped(entry.get("reviewer"))
        written_at = moment(entry["createTime"])
        return Review(
            id=f"{place}:{identifier(entry['reviewId'])}",
            text=_own_words(clean(entry.get("comment"))),
            rating=_STARS.get(clean(entry.get("starRating"))),
            touched_at=max(written_at, moment(entry.get("updateTime") or entry["createTime"])),
            written_at=written_at,
            author="" if reviewer.get("isAnonymous") is True else clean(reviewer.get("displayName"), 300),
            avatar_url=clean(reviewer.get("profilePhotoUrl"), 1_000),
            url=clean(entry.get("reviewReplyUrl"), 1_000),
            about={"place": place} if len(self._places) > 1 else {},
            attachments=tuple(
                Attachment(url, "image")
                for one in each_object(entry.get("reviewMediaItems"))
                if (url := clean(one.get("thumbnailUrl") or one.get("videoUrl"), 2_000))
            ),
            answer=_answer(mapped(entry.get("reviewReply"))),
            raw=entry,
        )

    def _say(self, review_id: str, text: str) -> Answer | None:
        address = f"https://{HOST}/v4/{self._name_of(review_id)}/reply"
        try:
            return _answer(self._api.write("PUT", address, {"comment": text}))
        except ValueError:
            return None  # it stands there, whatever Google says of the time

    def _take_back(self, review_id: str) -> None:
        self._api.write("DELETE", f"https://{HOST}/v4/{self._name_of(review_id)}/reply")

    def _name(self, place: str = "") -> str:
        return f"accounts/{self._owner}/locations/{place}"

    def _name_of(self, review_id: str) -> str:
        place, _, review = review_id.partition(":")
        return f"{self._name(place)}/reviews/{review}"


def _answer(reply: Mapping[str, Any]) -> Answer | None:
    if not reply:
        return None
    return Answer(
        clean(reply.get("comment")), moment(reply["updateTime"]), _STATES.get(clean(reply.get("reviewReplyState")), "")
    )


def _own_words(text: str) -> str:
    """What the customer wrote, without Google's translation of it."""
    return _TRANSLATED_LAST.sub("", _TRANSLATED_FIRST.sub("", text)).strip()
