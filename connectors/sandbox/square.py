"""What a person can do on the town square, on every network alike: make accounts, write, edit, delete, look."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from connectors.sandbox.network import Draft, Network, Refused, Sandbox
from connectors.sandbox.pictures import picture, sample
from connectors.sandbox.records import Account, Post

MAX_BULK = 1000
MAX_MEDIA = 4


class NotFound(Refused):
    """Answered with 404."""


def clean(text: object, what: str) -> str:
    """A string as networks store it: halves of surrogate pairs become U+FFFD. Refuses what is no string."""
    if not isinstance(text, str):
        raise Refused(f"{what} must be a string")
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def instant(value: object) -> int:
    """ISO 8601 (UTC where no zone is given) or milliseconds since 1970, as milliseconds."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        parsed = datetime.fromisoformat(clean(value, "created_at"))
    except ValueError:
        raise Refused(f"created_at is neither ISO 8601 nor milliseconds: {value!r}") from None
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp() * 1000)


def iso(milliseconds: int | None) -> str | None:
    """Milliseconds since 1970 as ISO 8601 in UTC."""
    if milliseconds is None:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _rating(value: object) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 5):
        return value
    raise Refused("rating must be a whole number from 1 to 5")


def _raw(value: object) -> bytes:
    """A whole mail as text of which each sign is one byte."""
    try:
        return clean(value, "raw").encode("latin-1")
    except UnicodeEncodeError:
        raise Refused("raw must be a mail in which each sign stands for one byte (Latin-1)") from None


class Square:
    """What can be done on the town square, on every network alike."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox, self._store = sandbox, sandbox.store

    def network(self, name: object) -> Network:
        """The network with this name."""
        if not isinstance(name, str) or name not in self._sandbox.networks:
            raise Refused(f"unknown network {name!r}; known are {', '.join(self._sandbox.networks)}")
        return self._sandbox.networks[name]

    def company(self, network: Network, handle: object) -> Account:
        """The company account with this handle or id."""
        wanted = clean(handle, "account").removeprefix("@")
        found = self._store.account_by_handle(network.slug, wanted) or self._store.account(network.slug, wanted)
        if found is None or not found.company:
            raise NotFound(f"there is no company account {wanted!r} on {network.label}")
        return found

    def make_account(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Make a company account, or give back the one there is; what is given anew replaces what was."""
        network = self.network(body.get("network"))
        handle = clean(body.get("handle"), "handle").removeprefix("@")
        if not handle:
            raise Refused("handle must not be empty")
        given = body.get("credentials") or {}
        if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
            raise Refused("credentials must be an object of strings")
        known = self._store.account_by_handle(network.slug, handle)
        if known and not known.company:
            raise Refused(f"@{handle} is a customer on {network.label} already")
        if known is None:
            own_id, credentials = network.new_account(handle, given, clean(body.get("id") or "", "id"))
            known = Account(network.slug, own_id, handle, handle, company=True, created_at=network.now_ms())
            made = True
        else:
            fresh = network.new_account(handle, given, known.id)[1] if body.get("rotate") else {}
            credentials, made = {**known.credentials, **fresh, **given}, False
        account = replace(
            known,
            name=clean(body.get("name") or known.name, "name"),
            followers=int(body.get("followers", known.followers)),
            verified=bool(body.get("verified", known.verified)),
            credentials=credentials,
            settings={**known.settings, **(body.get("settings") or {})},
        )
        self._store.save_account(account, network.tokens(credentials))
        return {**account_json(account), "credentials": credentials, "base_url": network.base_url, "created": made}

    def write(self, body: Mapping[str, Any], defaults: Mapping[str, Any] | None = None) -> Post:
        """One post of a customer (or of the company in its native app), on its network and in the webhook outbox."""
        if not isinstance(body, dict):
            raise Refused("a post must be a JSON object")
        row = {**(defaults or {}), **body}
        network = self.network(row.get("network"))
        ref = clean(row.get("ref") or "", "ref")
        if ref and (known := self._store.post_by_ref(network.slug, ref)):
            return known
        post, reached = network.compose(self._draft(network, row, ref))
        network.publish([(post, list(reached))])
        return post

    def _draft(self, network: Network, row: Mapping[str, Any], ref: str) -> Draft:
        company = self.company(network, row.get("account"))
        origin = "native" if row.get("origin") == "native" else "customer"
        kind = row.get("kind", "mention")
        if origin == "customer" and kind not in network.kinds:
            raise Refused(f"{network.label} knows no {kind!r}; customers write {', '.join(sorted(network.kinds))}")
        parent = None
        if wanted := clean(row.get("in_reply_to") or "", "in_reply_to"):
            parent = self._store.post_by_ref(network.slug, wanted) or self._store.post(network.slug, wanted)
            if parent is None or parent.deleted_at is not None:
                raise Refused(f"in_reply_to: there is no post {wanted!r} on {network.label}")
        created_at = instant(row["created_at"]) if row.get("created_at") is not None else network.now_ms()
        recipient = network.person(clean(row["to"], "to").removeprefix("@")) if row.get("to") else None
        author = company if origin == "native" else self._person(network, row.get("author"))
        if author.id in network.shut_out_by(company):
            raise Refused(f"{company.handle} has blocked {author.handle}")
        return Draft(
            company=company,
            author=author,
            kind=str(kind),
            text=clean(row.get("text", ""), "text"),
            created_at=created_at,
            parent=parent,
            origin=origin,
            recipient=recipient,
            media=self._media(network, row.get("media") or []),
            ref=ref,
            rating=_rating(row.get("rating")),
            subject=clean(row.get("subject") or "", "subject"),
            raw=_raw(row.get("raw") or ""),
        )

    def _person(self, network: Network, author: object) -> Account:
        facts = author if isinstance(author, dict) else {"handle": author}
        handle = clean(facts.get("handle"), "author").removeprefix("@")
        if not handle:
            raise Refused("author must not be empty")
        followers = facts.get("followers")
        if followers is not None and (not isinstance(followers, int) or followers < 0):
            raise Refused("followers must be a whole number")
        name = clean(facts.get("name") or "", "name")
        settings = facts.get("settings") or {}
        if not isinstance(settings, dict):
            raise Refused("settings must be an object")
        person = network.person(handle, name, followers, bool(facts.get("verified")), settings)
        if person.company:
            raise Refused(f"@{handle} is a company; customers write as themselves")
        return person

    def _media(self, network: Network, wanted: object) -> Sequence[Mapping[str, str]]:
        if not isinstance(wanted, list) or len(wanted) > MAX_MEDIA:
            raise Refused(f"media must be a list of at most {MAX_MEDIA}")
        found = []
        for entry in wanted:
            facts = entry if isinstance(entry, dict) else {"alt_text": str(entry)}
            media_id = str(self._store.next_position())
            url = clean(facts.get("url") or "", "media url")
            alt_text = clean(facts.get("alt_text") or "", "alt_text")
            kind, content_type = str(facts.get("kind", "image")), str(facts.get("content_type", "image/png"))
            if not url:
                data = picture(str(facts.get("alt_text") or media_id))
                if kind in ("audio", "video"):
                    data, content_type = sample(kind)
                self._store.save_blob(media_id, network.slug, "", content_type, data)
                url = f"/_sandbox/media/{media_id}.png"
            found.append({"id": media_id, "url": url, "kind": kind, "content_type": content_type, "alt_text": alt_text})
        return found

    def bulk(self, body: object) -> dict[str, Any]:
        """Up to 1,000 posts in one transaction; {"posts": […], and defaults for each} or a bare list."""
        defaults = {key: value for key, value in body.items() if key != "posts"} if isinstance(body, dict) else {}
        rows = body.get("posts") if isinstance(body, dict) else body
        if not isinstance(rows, list) or len(rows) > MAX_BULK:
            raise Refused(f"posts must be a list of at most {MAX_BULK}")
        results: list[dict[str, Any]] = []
        refused = 0
        with self._store.transaction():
            for row in rows:
                try:
                    post = self.write(row, defaults)
                    results.append({"id": post.id, "created_at": iso(post.created_at), "ref": post.ref})
                except Refused as error:
                    results.append({"error": str(error)})
                    refused += 1
        return {"results": results, "accepted": len(results) - refused, "refused": refused}

    def find(self, post_id: str) -> tuple[Network, Post]:
        """A post that is still there, on whichever network."""
        for network in self._sandbox.networks.values():
            post = self._store.post(network.slug, post_id)
            if post and post.deleted_at is None:
                return network, post
        raise NotFound(f"there is no post {post_id!r}")

    def _meant(self, body: Mapping[str, Any]) -> tuple[Network, Post]:
        """The post that a body names: by its id or, with the network beside it, by its ref."""
        name = clean(body.get("post"), "post")
        if body.get("network") is None:
            return self.find(name)
        network = self.network(body["network"])
        post = self._store.post_by_ref(network.slug, name) or self._store.post(network.slug, name)
        if post is None or post.deleted_at is not None:
            raise NotFound(f"there is no post {name!r} on {network.label}")
        return network, post

    def edit(self, post_id: str, text: str) -> Post:
        """The author edits a post, and webhooks hear of it."""
        network, post = self.find(post_id)
        with self._store.transaction():
            reached = self._store.reached(post)
            edited = network.edit(post, text)
            network.announce("edited", [(edited, reached)])
        return edited

    def remove(self, post_id: str) -> Post:
        """The author deletes a post, and webhooks hear of it."""
        network, post = self.find(post_id)
        with self._store.transaction():
            reached = self._store.reached(post)
            gone = network.remove(post)
            network.announce("deleted", [(gone, reached)])
        return gone

    def react(self, body: Mapping[str, Any], *, taken_back: bool = False) -> dict[str, Any]:
        """A customer likes or shares a post of a company without a word, or takes that back. Twice is once."""
        network, post = self._meant(body)
        kind = clean(body.get("kind", "like"), "kind")
        if kind not in network.feelings:
            known = ", ".join(sorted(network.feelings)) or "nothing"
            raise Refused(f"on {network.label} customers show {known} below a post, not {kind!r}")
        person = self._person(network, body.get("author"))
        company = self._store.account(network.slug, post.author_id)
        if post.private or company is None or not company.company:
            raise Refused("customers like and share what a company posts for everybody to see")
        with self._store.transaction():
            if taken_back:
                done = self._store.take_back(network.slug, post.id, person.id, kind)
            else:
                felt = (network.slug, company.id, post.id, person.id, kind)
                done = self._store.react(*felt, network.now_ms())
            if done is not None:
                network.tell(network.events_of_reaction(done, post, taken_back=taken_back))
        return self.posts_json([post])[0]

    def do_in_conversation(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """What is done in a private conversation without words: its customer reads, another app hands over."""
        network = self.network(body.get("network"))
        deed = clean(body.get("does"), "does")
        if deed not in network.deeds:
            known = ", ".join(sorted(network.deeds)) or "nothing"
            raise Refused(f"on {network.label} one does {known} in a conversation, not {deed!r}")
        company, person = self.company(network, body.get("account")), self._person(network, body.get("author"))
        network.do_in(company, person, deed)
        return account_json(self._store.account(network.slug, person.id) or person)

    def control_of(self, network: Network, handle: object) -> dict[str, bool]:
        """Which app has the conversation with a customer; nothing where the network knows no such thing."""
        found = self._store.account_by_handle(network.slug, clean(handle, "author").removeprefix("@"))
        if found is None or found.company:
            raise NotFound(f"there is no customer {handle!r} on {network.label}")
        return network.control_of(found)

    def posts_json(self, posts: Sequence[Post]) -> list[dict[str, Any]]:
        """Posts with their authors, as the control API shows them."""
        people: dict[tuple[str, str], Account] = {}
        for name in {post.network for post in posts}:
            ids = [post.author_id for post in posts if post.network == name]
            people.update({(name, key): value for key, value in self._store.accounts(name, ids).items()})
        felt = self._felt(posts)
        return [
            self._post_json(post, people.get((post.network, post.author_id)), felt.get((post.network, post.id), {}))
            for post in posts
        ]

    def _felt(self, posts: Sequence[Post]) -> dict[tuple[str, str], dict[str, list[str]]]:
        """Who likes and shares these posts, by handle."""
        found: dict[tuple[str, str], dict[str, list[str]]] = {}
        for name in {post.network for post in posts if self.network(post.network).feelings}:
            rows = self._store.reactions_to(name, [post.id for post in posts if post.network == name])
            people = self._store.accounts(name, [one.person_id for one in rows])
            for one in rows:
                kinds = found.setdefault((name, one.post_id), {})
                kinds.setdefault(one.kind, []).append(people[one.person_id].handle)
        return found

    def _post_json(self, post: Post, author: Account | None, felt: Mapping[str, list[str]]) -> dict[str, Any]:
        media = [{**m, "url": self.absolute(m["url"])} for m in post.media]
        return {
            "id": post.id,
            "position": str(post.position),
            "network": post.network,
            "account_id": post.account_id,
            "kind": post.kind,
            "author": account_json(author) if author else None,
            "parent_id": post.parent_id,
            "root_id": post.root_id,
            "private": post.private,
            "text": post.text,
            "created_at": iso(post.created_at),
            "edited_at": iso(post.edited_at),
            "deleted_at": iso(post.deleted_at),
            "superseded_by": post.superseded_by,
            "hidden": post.hidden,
            "likes": post.likes,
            "felt": felt,
            "origin": post.origin,
            "media": media,
            "rating": post.extra.get("rating"),
            "subject": post.extra.get("subject", ""),
            "seen_at": iso(post.extra.get("seen")),
            "ref": post.ref,
        }

    def absolute(self, url: str) -> str:
        """An address of our own with its origin before it; others as they are."""
        return self._sandbox.address + url if url.startswith("/") else url


def account_json(account: Account) -> dict[str, Any]:
    """An account without its credentials."""
    return {
        "network": account.network,
        "id": account.id,
        "handle": account.handle,
        "name": account.name,
        "company": account.company,
        "followers": account.followers,
        "verified": account.verified,
        "settings": dict(account.settings),
    }
