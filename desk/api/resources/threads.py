"""Threads between colleagues: what one may not read answers as if it were not there."""

from typing import Any

from django.http import FileResponse
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from desk.actions.crises import decisions
from desk.actions.threads import swarms, thread_words
from desk.actions.threads import threads as verbs
from desk.api.forms.crises import CrisisEntrySerializer, entry_form
from desk.api.forms.files import handed
from desk.api.forms.threads import (
    CloseSwarmSerializer,
    LetInSerializer,
    OneThreadSerializer,
    PinSummarySerializer,
    SaySerializer,
    SayWithFilesSerializer,
    StartThreadSerializer,
    ThreadQuery,
    ThreadSerializer,
    ThreadWordSerializer,
    UnreadThreadsSerializer,
    one_thread_form,
    thread_form,
    word_form,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.views import Resource
from desk.common.paging import slice_after
from desk.common.ranges import served
from desk.threads.reading import count_unread, followed, found, people_in, readable, with_own
from desk.threads.reading import words_of as rows_of


class Threads(Resource):
    @operation("threads_list", "List threads", asks=ThreadQuery, gives=ThreadSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """All that you may read, the newest word first."""
        me = self.person
        rows = found(me, query["q"]) if query.get("q") else readable(me)
        if query["show"] != "all":
            rows = followed(rows, me, unread=query["show"] == "unread")
        rows = rows.filter(**{name: query[name] for name in ("ticket", "crisis", "subject") if name in query})
        order = ("last_at", "id")
        page = slice_after(with_own(rows, me), order, query["cursor"], query["page_size"], descending=True)
        return Page(page, each(lambda row: thread_form(row, self.eyes)))

    @operation("threads_create", "Start a thread", takes=StartThreadSerializer, gives=OneThreadSerializer, status=201)
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """Everybody at the desk reads it unless it is private."""
        return written(self, verbs.start(self.person, **wish).pk)


class UnreadThreads(Resource):
    @operation("threads_unread_read", "Count unread threads", gives=UnreadThreadsSerializer)
    def get(self, request: Request) -> Any:
        """Of those that you follow."""
        return {"threads": count_unread(self.person)}


class OneThread(Resource):
    @operation("threads_read", "Read a thread", gives=OneThreadSerializer)
    def get(self, request: Request, thread_id: int) -> Any:
        """It does not count as read by that."""
        return written(self, thread_id)


class Words(Resource):
    @operation("threads_words_list", "List what was said", asks=PageQuery, gives=ThreadWordSerializer, paged=True)
    def get(self, request: Request, thread_id: int, query: dict[str, Any]) -> Page:
        """The newest first."""
        rows = rows_of(verbs.one(self.person, thread_id)).prefetch_related("tickets", "files")
        page = slice_after(rows, ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(page, each(lambda row: word_form(row, self.eyes)))

    @operation("threads_say", "Say something", takes=SaySerializer, gives=ThreadWordSerializer, status=201)
    def post(self, request: Request, thread_id: int, wish: dict[str, Any]) -> Any:
        """You follow the thread by it; who is named as @username or @team does, too, and hears of it.

        The same words within ten seconds are the same word. 409 `over` where the swarm is over.
        """
        return word_form(thread_words.write(self.person, thread_id, wish["text"]), self.eyes)


class WordWithFiles(Resource):
    parser_classes = (MultiPartParser,)

    @operation(
        "threads_say_with_files",
        "Say something with files",
        takes=SayWithFilesSerializer,
        gives=ThreadWordSerializer,
        status=201,
    )
    def post(self, request: Request, thread_id: int, wish: dict[str, Any]) -> Any:
        """Each is told by its bytes and kept without what says who made it where: JPEG, PNG, GIF, WebP, MP4 or PDF.

        400 `attachment_refused` says what to do. Who reads the thread reads them, and nobody else.
        """
        given = handed(wish)
        return word_form(thread_words.write(self.person, thread_id, wish["text"], handed=given), self.eyes)


class ThreadFile(Resource):
    @operation("thread_files_read", "Download a file of a thread", file="application/octet-stream")
    def get(self, request: Request, file_id: int) -> FileResponse:
        """For who reads the thread."""
        row = thread_words.open_file(self.person, file_id)
        return served(request, row.file, tag=f"thread-{row.pk}", content_type=row.content_type, filename=row.name)


class ReadThread(Resource):
    @operation("threads_seen", "Say that you have read it", status=204)
    def post(self, request: Request, thread_id: int) -> None:
        """Nothing in it is new for you, and its notices are seen."""
        verbs.read(self.person, thread_id)


class FollowThread(Resource):
    @operation("threads_follow", "Follow a thread", gives=OneThreadSerializer)
    def post(self, request: Request, thread_id: int) -> Any:
        """What is new in it counts for you."""
        return written(self, verbs.follow(self.person, thread_id).pk)

    @operation("threads_unfollow", "Stop following a thread", gives=OneThreadSerializer)
    def delete(self, request: Request, thread_id: int) -> Any:
        return written(self, verbs.unfollow(self.person, thread_id).pk)


class PeopleOfThread(Resource):
    @operation("threads_let_in", "Let colleagues in", takes=LetInSerializer, gives=OneThreadSerializer)
    def post(self, request: Request, thread_id: int, wish: dict[str, Any]) -> Any:
        """They read it from now on, and hear of it."""
        return written(self, verbs.let_in(self.person, thread_id, wish["people"]).pk)

    @operation("threads_leave", "Leave a private thread", status=204)
    def delete(self, request: Request, thread_id: int) -> None:
        """409 `alone` where nobody else is in it."""
        verbs.leave(self.person, thread_id)


class SummaryOfThread(Resource):
    @operation("threads_summary", "Pin a summary", takes=PinSummarySerializer, gives=OneThreadSerializer)
    def put(self, request: Request, thread_id: int, wish: dict[str, Any]) -> Any:
        """409 `changed` where somebody pinned another one meanwhile."""
        return written(self, verbs.set_summary(self.person, thread_id, **wish).pk)


class CloseSwarm(Resource):
    @operation("threads_close", "Close a swarm", takes=CloseSwarmSerializer, gives=OneThreadSerializer)
    def post(self, request: Request, thread_id: int, wish: dict[str, Any]) -> Any:
        """With what was found, which stands on its ticket."""
        return written(self, swarms.close(self.person, thread_id, **wish).pk)


class OneWord(Resource):
    @operation("thread_words_change", "Say it in other words", takes=SaySerializer, gives=ThreadWordSerializer)
    def patch(self, request: Request, word_id: int, wish: dict[str, Any]) -> Any:
        """Only its author does. How it read before is kept."""
        return word_form(thread_words.edit(self.person, word_id, wish["text"]), self.eyes)

    @operation("thread_words_delete", "Take a word back", gives=ThreadWordSerializer)
    def delete(self, request: Request, word_id: int) -> Any:
        """Only its author does. That something was said stays."""
        return word_form(thread_words.delete(self.person, word_id), self.eyes)


class LogWord(Resource):
    @operation("thread_words_log", "Put a word into a crisis's log", gives=CrisisEntrySerializer, status=201)
    def post(self, request: Request, word_id: int) -> Any:
        """With who said it. The log can't be changed afterwards."""
        return entry_form(decisions.into_log(self.person, word_id))


class SwarmOfTicket(Resource):
    @operation("tickets_swarm", "Swarm on a ticket", gives=OneThreadSerializer)
    def post(self, request: Request, ticket_id: int) -> Any:
        """The swarm that runs, or a new one."""
        return written(self, swarms.open_swarm(self.person, ticket_id).pk)


def written(resource: Resource, thread_id: int) -> dict[str, Any]:
    """A thread as its reader gets it. Raises Missing."""
    verbs.one(resource.person, thread_id)
    thread = with_own(readable(resource.person), resource.person).get(pk=thread_id)
    return one_thread_form(thread, people_in(thread), resource.eyes)
