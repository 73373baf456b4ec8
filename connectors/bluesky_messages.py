"""Direct messages of Bluesky: a service of its own, to which the account's server passes calls on."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors import errors
from connectors.base import Cursor, Item, Outgoing, Page, SendResult
from connectors.bluesky_api import BlueskyApi
from connectors.http import lost_answer
from connectors.parsing import Sieve, listed, mapped, path_id
from connectors.parsing import bluesky_chat as chat
from connectors.parsing.bluesky_refusals import LABEL
from connectors.text import clean, gettext_noop
from connectors.times import moment

Profiles = Callable[[Sequence[str]], dict[str, dict[str, Any]]]  # people in full, by DID


class Messages:
    """One account's conversations."""

    def __init__(self, api: BlueskyApi, profiles: Profiles) -> None:
        self._api, self._profiles = api, profiles

    def fetch(self, cursor: Cursor, own_did: str) -> Page:
        """What was said in the conversations that were there before, then what the log tells."""
        if "log" not in cursor:
            place = self._api.read("chat.bsky.convo.get_log", chat=True)
            return Page((), chat.begun(clean(place.get("cursor")), cursor), more=True, rate=self._api.rate)
        if chat.is_listing(cursor):
            page = {"limit": chat.MOST_QUEUED, "cursor": cursor.get("listing") or None}
            answer = self._api.read("chat.bsky.convo.list_convos", page, chat=True)
            following = chat.after_listing(cursor, answer.get("convos"), answer.get("cursor"))
            return Page((), following, more=True, rate=self._api.rate)
        if listed(cursor.get("queue")):
            return self._conversation(cursor, own_did)
        answer = self._api.read("chat.bsky.convo.get_log", {"cursor": cursor.get("log") or None}, chat=True)
        rate, logs, log = self._api.rate, answer.get("logs"), clean(answer.get("cursor")) or cursor.get("log", "")
        sieve = Sieve()
        chat.read_log(logs, own_did, self._profiles(chat.senders_in(logs)), sieve)
        more = bool(listed(logs)) and log != cursor.get("log")
        return Page(sieve.oldest_first(), {"log": log}, more, rate, unreadable=tuple(sieve.unreadable))

    def _conversation(self, cursor: Cursor, own_did: str) -> Page:
        """The newest messages of one conversation that was there before; all of them down to some moment."""
        convo_id = str(listed(cursor.get("queue"))[0])
        sieve = Sieve()
        page = self._read(convo_id, own_did, sieve, clean(cursor.get("page")))
        following = chat.after_conversation(cursor, sieve.items, page)
        return Page(sieve.oldest_first(), following, True, self._api.rate, unreadable=tuple(sieve.unreadable))

    def _read(self, convo_id: str, own_did: str, sieve: Sieve, page: str = "") -> str:
        """One page of a conversation, newest first; where the next, older one is."""
        asked = {"convoId": path_id(convo_id), "limit": 100, "cursor": page or None}
        try:
            answer = self._api.read("chat.bsky.convo.get_messages", asked, chat=True)
        except errors.NotFound:  # we left it
            return ""
        messages = answer.get("messages")
        profiles = self._profiles(chat.senders_in(messages))
        sieve.read(messages, lambda message: chat.message_item(message, convo_id, own_did, profiles))
        return clean(answer.get("cursor"), 500) if listed(messages) else ""

    def recent_with(self, message: Outgoing, own_did: str) -> tuple[Item, ...]:
        """The newest messages of the conversation that `message` belongs to, oldest first."""
        sieve = Sieve()
        self._read(self._conversation_for(message), own_did, sieve)
        return sieve.oldest_first()

    def problems(self) -> tuple[str, ...]:
        """What is to be mended, where the account can't read its messages."""
        try:
            self._api.read("chat.bsky.convo.list_convos", {"limit": 1}, chat=True)
        except errors.PermissionMissing:
            return (
                gettext_noop(
                    "The app password can't see direct messages. Make one with “Allow access to your direct messages” "
                    "in Bluesky’s settings."
                ),
            )
        except (errors.Transient, errors.Unreadable):  # a service of its own, which not every server leads to
            return (gettext_noop("Direct messages can't be reached at present. Everything else works."),)
        return ()

    def send(self, message: Outgoing, facets: Mapping[str, Any]) -> SendResult:
        """Send once. `facets` mark its links and mentions."""
        convo_id = self._conversation_for(message)
        body = {"convoId": convo_id, "message": {"text": message.text, **facets}}
        sent = self._api.write("chat.bsky.convo.send_message", body, chat=True)
        message_id = clean(sent.get("id"))
        if not message_id:
            raise lost_answer(LABEL, "the answer names no message")
        return SendResult(message_id, _time(sent.get("sentAt")) or message.now, convo_id, rate=self._api.rate)

    def _conversation_for(self, message: Outgoing) -> str:
        """Where a direct message goes: into its conversation, or to a person with whom there may be none yet."""
        if message.thread_id and not message.reply_to_public:
            return path_id(message.thread_id)
        if not message.recipient:
            raise errors.RecipientUnavailable("It is not known who should get this message.")
        try:
            members = {"members": [message.recipient]}
            found = self._api.read("chat.bsky.convo.get_convo_for_members", members, chat=True)
        except errors.Unreadable as problem:
            raise errors.RecipientUnavailable(
                "This person does not take direct messages from the account.", detail=problem.detail
            ) from problem
        return path_id(clean(mapped(found.get("convo")).get("id")))


def _time(value: object) -> datetime | None:
    try:
        return moment(value)
    except ValueError:
        return None
