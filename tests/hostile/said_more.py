"""How reviews and mails are told, with any part of them replaced: see `said.py`."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone

from connectors.base import Account
from connectors.networks.mail import Mail
from connectors.parsing.mail import Fetched
from desk.actions.intake import ingest
from desk.inboxes.gateway import key_of
from desk.inboxes.models import RawItem
from desk.inboxes.words import told as in_words
from desk.tickets.models import Message
from tests.connectors.accounts import GOOGLE_TOKEN
from tests.connectors.wire import Asked
from tests.hostile.said import BEGAN, Network, Words


class OnReviews(Network):
    """The review is the account, and answers nothing: who wrote it is known by the name alone."""

    def page(self, entries: Sequence[str], all_words: Sequence[Words]) -> str:
        return f'{{"reviews": [{",".join(reversed(entries))}]}}'

    def beside(self, asked: Asked, all_words: Sequence[Words]) -> Any:
        return GOOGLE_TOKEN if asked.path.endswith("/token") else {}

    def found(self, words: Words) -> Message | None:
        mine = Message.objects.filter(inbox=self.inbox)
        if words.id is ...:
            return mine.filter(external_id=self.kept_id(words.number)).first()
        return mine.filter(profile__name=f"Jan {words.number}").first()

    def kept_id(self, number: int) -> str:
        """As the desk calls it."""
        return self.id_of(number)

    def _filled(self, words: Words) -> Words:
        filled = super()._filled(words)
        return replace(filled, name=f"Jan {words.number}") if words.name == "Jan" else filled


class OnGoogleBusiness(OnReviews):
    feed = "/reviews"

    def kept_id(self, number: int) -> str:
        return f"{self.credentials['location_ids']}:{self.id_of(number)}"

    def entry(self, words: Words) -> dict[str, Any]:
        reviewer = {"displayName": words.name, "profilePhotoUrl": words.avatar, "links": list(words.links)}
        return {
            "name": "accounts/1/locations/x/reviews/1", "reviewId": words.id, "reviewer": reviewer, "starRating": "TWO",
            "comment": words.text, "createTime": words.at, "parent": words.parent, "quotes": words.quotes,
            "reviewMediaItems": [{"thumbnailUrl": file} for file in words.files], "facets": words.facets,
        }  # fmt: skip


class OnGooglePlay(OnReviews):
    feed = "/reviews"

    def time_of(self, number: int) -> Any:
        return {"seconds": str(int(BEGAN.timestamp()) + number), "nanos": 0}

    def entry(self, words: Words) -> dict[str, Any]:
        said = {
            "text": words.text, "lastModified": words.at, "starRating": 2, "reviewerLanguage": words.parent,
            "device": words.name, "deviceMetadata": {"productName": words.name}, "thumbsUpCount": words.followers,
        }  # fmt: skip
        return {"reviewId": words.id, "authorName": words.name, "comments": [{"userComment": said}]}


class OnAppStore(OnReviews):
    feed = "/customerReviews"

    def entry(self, words: Words) -> dict[str, Any]:
        told = {
            "rating": 2, "title": "", "body": words.text, "reviewerNickname": words.name, "createdDate": words.at,
            "territory": "NLD",
        }  # fmt: skip
        related = {"response": {"data": {"id": words.parent}}}
        return {"type": "customerReviews", "id": words.id, "attributes": told, "relationships": related}

    def page(self, entries: Sequence[str], all_words: Sequence[Words]) -> str:
        return f'{{"data": [{",".join(reversed(entries))}], "links": {{}}}}'


class OnMail(Network):
    """Mails as they lie in a mailbox; a part that is no text is written as JSON."""

    def author_of(self, number: int) -> str:
        return f"jan{number}@x.example"

    def id_of(self, number: int) -> str:
        return f"mail{number}@x.example"

    def time_of(self, number: int) -> Any:
        return BEGAN.isoformat()

    def mail(self, words: Words) -> bytes:
        above = words.parent if words.parent is not None else f"vraag{words.number}@x.example"
        heads = {
            "Subject": f"zaak {words.number}", "To": "help@vlotlijn.example",  # before whatever ends the headers early
            "From": f"{_plain(words.name)} <{_plain(words.author)}>", "Message-ID": f"<{_plain(words.id)}>",
            "Date": _plain(words.at),
            "In-Reply-To": f"<{_plain(above)}>",
            "References": f"<{_plain(words.quotes)}>" if words.quotes is not None else "",
            "X-Links": _plain(list(words.links)), "X-Facets": _plain(words.facets)[:100_000],
        }  # fmt: skip
        head = "".join(f"{name}: {value}\r\n" for name, value in heads.items() if value)
        odd = f"X-Odd: {words.inside}\r\n" if words.inside else ""
        kind = "Content-Type: text/plain; charset=utf-8\r\n\r\n"
        return f"{head}{odd}{kind}{_plain(words.text)}".encode("utf-8", "surrogatepass")

    def say(self, *all_words: Words, more: Sequence[str] = ()) -> str:
        contents = [self.mail(self._filled(words)) for words in all_words]
        contents += [one.encode() for one in more]
        mails = [Fetched(number, 1, BEGAN, len(one), one) for number, one in enumerate(contents, 1)]
        reads = Mail(Account(self.credentials, self.inbox.base_url, self.own_id, key_of(self.inbox)))
        page, now = reads.read(mails), timezone.now()
        ingest.store(self.inbox.pk, page.items, source="poll", received_at=now, unreadable=page.unreadable)
        ingest.process(self.inbox.pk, now)
        return in_words(self.inbox.last_error)

    def found(self, words: Words) -> Message | None:
        """By its subject, which no case replaces; not every mail opens a ticket, but each is kept."""
        raw = RawItem.objects.filter(inbox=self.inbox, item__raw__subject=f"zaak {words.number}").first()
        name = raw.item["external_id"] if raw is not None else ""
        return Message.objects.filter(inbox=self.inbox, external_id=name).first() if name else None


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)
