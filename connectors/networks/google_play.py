"""Reviews of an app on Google Play, through the Play Developer API (androidpublisher v3).

Sources: developers.google.com/android-publisher/reply-to-reviews and /api-ref/rest/v3/reviews: reviews of production
versions that have words, written or changed in the last week, newest first; a reply of at most 350 characters, of which
HTML is taken out and a second one takes the place of the first; 200 reads an hour and 2,000 replies a day for each app.
No reply can be deleted, and what is not listed any more may only be older than a week. Without `translationLanguage` a
review comes in its own words. What the reviewer called it stands before a tab.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from connectors import errors
from connectors.base import Account, AccountInfo, Capabilities, CredentialField, LengthRule, RateState, Stream
from connectors.google_api import OAUTH_FIELDS, SERVICE_ACCOUNT, GoogleApi
from connectors.parsing import each_object, identifier, mapped
from connectors.parsing.reviews import Answer, Review, stars
from connectors.reviews import Listed, Reviews
from connectors.text import clean, gettext_noop

HOST = "androidpublisher.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/androidpublisher"


class GooglePlay(Reviews):
    """One app."""

    slug: ClassVar[str] = "google_play"
    label: ClassVar[str] = "Google Play"
    code: ClassVar[str] = "Pl"
    private_code: ClassVar[str] = "Pl"
    default_base_url: ClassVar[str] = f"https://{HOST}"
    page_size: ClassVar[int] = 100
    capabilities: ClassVar[Capabilities] = Capabilities(
        reply_private=False,
        private_from_public=False,
        edits_seen=True,
        one_answer=True,
        history_days=7,
        public_length=LengthRule(350),
        public_per_hour=83,  # 2,000 a day
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField("package_name", "Package name", "Such as nl.vlotlijn.app.", secret=False),
        SERVICE_ACCOUNT,
        *OAUTH_FIELDS,
    )
    streams: ClassVar[tuple[Stream, ...]] = (  # together 160 of the 200 reads an hour
        Stream("reviews", private=False, min_seconds=30, history_days=7),
        Stream("changes", private=False, min_seconds=90, history_days=7, history_items=100),
    )

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._api = GoogleApi(account, account.base_url or self.default_base_url, (HOST,), SCOPE, self.label)
        self._package = account.credentials.get("package_name", "").strip()

    @property
    def rate(self) -> RateState | None:
        return None  # Google tells nothing of what is left

    @property
    def told_at(self) -> datetime | None:
        return self._api.told_at

    def check(self) -> AccountInfo:
        if not re.fullmatch(r"[A-Za-z][\w.]{2,149}", self._package, re.ASCII):
            raise errors.AuthExpired("This is no package name. It looks like nl.vlotlijn.app.")
        try:
            self._list("")
        except errors.NotFound:
            raise errors.NotFound("Google Play knows no app with this package name.") from None
        except errors.PermissionMissing:
            return AccountInfo(self._package, self._package, problems=(_MAY_NOT,))
        return AccountInfo(self._package, self._package)

    def _list(self, token: str) -> Listed:
        told = self._api.get(self._address(), maxResults=self.page_size, token=token or None)
        return Listed(told.get("reviews"), clean(mapped(told.get("tokenPagination")).get("nextPageToken"), 4_000))

    def _get(self, review_id: str) -> Mapping[str, Any]:
        return self._api.get(f"{self._address()}/{review_id}")

    def _read(self, entry: Mapping[str, Any]) -> Review:
        said = list(each_object(entry["comments"]))
        wrote = [mapped(one["userComment"]) for one in said if "userComment" in one]
        if not wrote:
            raise ValueError("it has no comment of a user")
        customer = wrote[-1]
        answers = [mapped(one["developerComment"]) for one in said if "developerComment" in one]
        device = mapped(customer.get("deviceMetadata"))
        made_by = f"{clean(device.get('manufacturer'), 60)} {clean(device.get('productName'), 100)}".strip()
        version = customer.get("androidOsVersion")
        return Review(
            id=identifier(entry["reviewId"]),
            text=clean(customer.get("originalText") or customer.get("text")).replace("\t", "\n").strip(),
            rating=stars(customer.get("starRating")),
            touched_at=_time(customer["lastModified"]),
            author=clean(entry.get("authorName"), 300),
            language=clean(customer.get("reviewerLanguage"), 20).partition("_")[0].partition("-")[0].lower()[:2],
            about={
                "app_version": clean(customer.get("appVersionName") or customer.get("appVersionCode"), 60),
                "device": made_by or clean(customer.get("device"), 100),
                "system": f"Android API {version}" if isinstance(version, int) else "",
            },
            answer=Answer(clean(answers[-1].get("text")), _time(answers[-1]["lastModified"])) if answers else None,
            raw=entry,
        )

    def _say(self, review_id: str, text: str) -> Answer | None:
        told = self._api.write("POST", f"{self._address()}/{review_id}:reply", {"replyText": text})
        result = mapped(told.get("result"))
        try:
            return Answer(clean(result.get("replyText")), _time(result["lastEdited"]))
        except (KeyError, TypeError, ValueError):
            return None  # it stands there, whatever Google says of the time

    def _take_back(self, review_id: str) -> None:
        raise errors.NotAllowedByPolicy("On Google Play an answer can be written anew, and not deleted.")

    def _address(self) -> str:
        return f"https://{HOST}/androidpublisher/v3/applications/{self._package}/reviews"


_MAY_NOT = gettext_noop("The account may not read reviews. Give it “Reply to reviews” in the Play Console.")


def _time(value: Any) -> datetime:
    """Seconds as text, and nanoseconds."""
    seconds, nanos = int(value["seconds"]), value.get("nanos", 0)
    if abs(seconds) > 10**11:
        raise ValueError("not a time: the number is too large")
    micros = nanos // 1_000 if isinstance(nanos, int) and 0 <= nanos < 10**9 else 0
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=micros)
