"""Private messages through a page: Messenger, and the direct messages of the Instagram account behind the page.

Both hang on the page's conversations and are sent from the page; they differ in a word and in a few fields.
"""

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors import errors
from connectors.base import Item, Outgoing, OutgoingFile, Page, SendResult
from connectors.capabilities import Handover
from connectors.graph import Graph
from connectors.http import lost_answer
from connectors.parsing import Sieve, each_object, mapped, path_id
from connectors.parsing.facebook_cursor import next_after
from connectors.parsing.facebook_refusals import HeldByAnotherApp
from connectors.parsing.facebook_sending import addressed, attached, attachment_of, handle_of
from connectors.parsing.facebook_threads import ConversationsCursor, ReadMessage
from connectors.text import clean

CONVERSATIONS = 25  # in one page
DETAILED = 20  # messages of a conversation that Meta tells the words of
PARTS_SKEW = timedelta(seconds=10)  # between the two clocks when the files of a message are counted


class Messages:
    """One page's conversations on one platform: MESSENGER or INSTAGRAM. `read` makes items of messages."""

    def __init__(self, graph: Graph, platform: str, fields: str, read: ReadMessage) -> None:
        self._graph = graph
        self._platform = platform
        self._fields = fields
        self._newest = f"messages.limit({DETAILED}){{{fields}}}"
        self._read = read

    def fetch(self, page_id: str, cursor: ConversationsCursor) -> Page:
        """Conversations by their last change, each with its newest messages; long ones are read on afterwards."""
        if cursor.queue and not cursor.place.after:
            return self._rest_of_conversation(cursor)
        after = {"after": cursor.place.after} if cursor.place.after else {}
        fields = f"id,updated_time,participants,{self._newest}"
        try:
            answer = self._graph.get(
                page_id, "conversations", platform=self._platform, fields=fields, limit=CONVERSATIONS, **after
            )
        except (errors.NotFound, errors.Unreadable):
            if not cursor.place.after:
                raise
            begun_anew = dataclasses.replace(cursor, place=cursor.place.without_token())
            return Page((), begun_anew.as_json(), rate=self._graph.rate)
        sieve = Sieve()
        following, items = cursor.having_listed(answer, self._read, sieve)
        return self._page(cursor, items, following, sieve)

    def recent_with(self, page_id: str, message: Outgoing) -> tuple[Item, ...]:
        """The newest messages of the conversation with whom `message` is for, oldest first."""
        person = message.recipient or message.thread_id
        answer = self._graph.get(
            page_id,
            "conversations",
            platform=self._platform,
            user_id=person,
            fields=f"id,participants,{self._newest}",
        )
        sieve = Sieve()
        for conversation in each_object(answer.get("data")):
            people, messages = conversation.get("participants"), mapped(conversation.get("messages"))
            ConversationsCursor().messages(messages, people, self._read, 0, sieve)
        return tuple(item for item in sieve.oldest_first() if item.thread_id == person)

    def send(self, page_id: str, message: Outgoing) -> SendResult:
        """Each file in a message of its own, then the words."""
        parts, thread_id = list[str](), message.thread_id
        whole: list[dict[str, Any]] = [{"attachment": attached(handle)} for handle in message.media]
        whole += [{"text": message.text}] if message.text or not whole else []
        there = self._parts_there(page_id, message) if message.again and message.media else ()
        for content in whole[len(there) :]:
            answer = self._sent(page_id, {"message": content, **addressed(message, self._graph.network)})
            parts.append(clean(answer.get("message_id")))
            if not parts[-1]:
                raise lost_answer(self._graph.network, "the answer names no message")
            thread_id = clean(answer.get("recipient_id")) or thread_id
        *before, last = [*there, *parts]
        return SendResult(last, message.now, thread_id, rate=self._graph.rate, parts=tuple(before))

    def _sent(self, page_id: str, message: dict[str, Any]) -> dict[str, Any]:
        """Whoever answers takes the conversation over from the app that has it: that app's refusal sent nothing."""
        try:
            return self._graph.post(page_id, "messages", **message)
        except HeldByAnotherApp as held:
            try:
                self._graph.post(page_id, "take_thread_control", recipient=message["recipient"])
            except errors.NetworkError as problem:
                if problem.permanent:
                    raise held from None
                raise
            return self._graph.post(page_id, "messages", **message)

    def mark_read(self, page_id: str, thread_id: str) -> None:
        """Show somebody that what they wrote has been read."""
        self._graph.post(page_id, "messages", recipient={"id": path_id(thread_id)}, sender_action="mark_seen")

    def hand_over(self, page_id: str, thread_id: str, how: Handover, app_id: str = "") -> None:
        """Take a conversation, ask for it, or give it away."""
        recipient = {"id": path_id(thread_id)}
        if how is Handover.TAKE:
            self._graph.post(page_id, "take_thread_control", recipient=recipient)
        elif how is Handover.ASK:
            self._graph.post(page_id, "request_thread_control", recipient=recipient)
        else:
            self._give(page_id, recipient, app_id)

    def _give(self, page_id: str, recipient: dict[str, str], app_id: str) -> None:
        """To an app; or, where none is known, to whichever has it by rule. What another app has already is given."""
        try:
            if app_id:
                self._graph.post(page_id, "pass_thread_control", recipient=recipient, target_app_id=app_id)
            else:
                self._graph.post(page_id, "release_thread_control", recipient=recipient)
        except HeldByAnotherApp:
            return

    def upload(self, page_id: str, file: OutgoingFile) -> str:
        """A file that can be used again; nobody sees it yet."""
        message = {"attachment": attachment_of(file.content_type, {"is_reusable": True})}
        answer = self._graph.upload(
            page_id, "message_attachments", "filedata", file, message=message, platform=self._platform
        )
        attachment_id = clean(answer.get("attachment_id"))
        return handle_of(file.content_type, attachment_id) if attachment_id else ""

    def _rest_of_conversation(self, cursor: ConversationsCursor) -> Page:
        conversation, lost = cursor.queue[0], None
        sieve = Sieve()
        try:
            answer = self._graph.get(
                conversation.id, "messages", fields=self._fields, limit=DETAILED, after=conversation.after
            )
        except errors.NotFound:  # Meta gives details of the newest messages only
            answer, lost = {}, _between(conversation.floor, conversation.oldest)
        items, goes_on = cursor.messages(answer, {}, self._read, conversation.floor, sieve)
        following = cursor.having_read_on(items, next_after(answer, conversation.after) if goes_on else "")
        return dataclasses.replace(self._page(cursor, items, following, sieve), lost=lost)

    def _page(
        self, before: ConversationsCursor, items: tuple[Item, ...], now: ConversationsCursor, sieve: Sieve
    ) -> Page:
        fresh, unreadable = before.place.fresh(items), tuple(sieve.unreadable)
        return Page(fresh, now.as_json(), now.unfinished, self._graph.rate, unreadable=unreadable)

    def _parts_there(self, page_id: str, message: Outgoing) -> tuple[str, ...]:
        """Files of this message that an earlier try left in the conversation: one stands in each message."""
        since = message.submitted_at - PARTS_SKEW if message.submitted_at else None
        recent = self.recent_with(page_id, message)
        ours = [item for item in recent if item.outgoing and not item.text and item.attachments]
        sent = [item.external_id for item in ours if since is None or item.created_at >= since]
        return tuple(sent[: len(message.media)])


def _between(since: int, until: int) -> tuple[datetime, datetime] | None:
    """Two times of Meta's; None where nothing was to be known before, or nothing lies between."""
    if not 0 < since < until:
        return None
    return datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC)


def uploaded(graph: Graph, bring: Callable[[], str]) -> str:
    """The handle of a file that `bring` brings there. InvalidContent where Meta said that it does not take it."""
    try:
        handle = bring()
    except (errors.InvalidContent, errors.NotFound, errors.Unreadable) as problem:
        if not 400 <= graph.status < 500:
            raise
        raise errors.InvalidContent(
            "%(network)s refused the attachment. Try another file.", network=graph.network, detail=problem.detail
        ) from None
    if not handle:
        raise errors.Transient(
            "%(network)s did not say where the attachment is. The desk tries again.", network=graph.network
        )
    return handle
