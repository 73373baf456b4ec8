"""Questions to colleagues: asked on a ticket, answered, passed on, and used."""

from typing import Any

from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from desk.actions.questions import questions as verbs
from desk.actions.questions.knowers import who_knows
from desk.api.forms.files import handed
from desk.api.forms.questions import (
    AddresseeSerializer,
    AskSerializer,
    ColleagueQuestionSerializer,
    EntrySerializer,
    KnowerSerializer,
    WhoKnowsQuery,
    WordSerializer,
    WordWithFilesSerializer,
    entry_form,
    knower_form,
    question_form,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.resources.tickets import ticket_of
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.common.ranges import served
from desk.people.permissions import Permission, require
from desk.questions.models import Entry


class QuestionsOfTicket(Resource):
    @operation(
        "tickets_questions_list",
        "List a ticket's questions",
        asks=PageQuery,
        gives=ColleagueQuestionSerializer,
        paged=True,
    )
    def get(self, request: Request, ticket_id: int, query: dict[str, Any]) -> Page:
        """To colleagues, the newest first, with what was said on each."""
        rows = verbs.with_words().filter(ticket=ticket_of(self.person, ticket_id))
        found = slice_after(rows, ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(found, each(lambda row: question_form(row, self.eyes)))

    @operation("tickets_ask", "Ask a colleague", takes=AskSerializer, gives=ColleagueQuestionSerializer, status=201)
    def post(self, request: Request, ticket_id: int, wish: dict[str, Any]) -> Any:
        """They get a link by mail that shows this ticket's conversation, masked, and nothing else. The clock runs on.

        409 `nobody` where nobody of the team is at work with room for a question.
        """
        return written(self, verbs.ask(self.person, ticket_id, **wish).pk)


class WhoKnows(Resource):
    @operation("tickets_who_knows_list", "Find who knows", asks=WhoKnowsQuery, gives=KnowerSerializer, many=True)
    def get(self, request: Request, ticket_id: int, query: dict[str, Any]) -> Any:
        """By what people say of themselves, answered before, and resolved. Needs the permission `work_tickets`."""
        require(self.person, Permission.WORK_TICKETS)
        found = who_knows(self.person, ticket_of(self.person, ticket_id), query["about"], timezone.now())
        return [knower_form(one) for one in found]


class OwnQuestions(Resource):
    @operation("questions_list", "List own questions", asks=PageQuery, gives=ColleagueQuestionSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """What you asked and what waits for your word, the newest first."""
        rows = verbs.with_words(verbs.mine(self.person))
        found = slice_after(rows, ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(found, each(lambda row: question_form(row, self.eyes)))


class OneQuestion(Resource):
    @operation("questions_read", "Read a question", gives=ColleagueQuestionSerializer)
    def get(self, request: Request, question_id: int) -> Any:
        return written(self, question_id)


class Answer(Resource):
    @operation("questions_answer", "Answer a question", takes=WordSerializer, gives=EntrySerializer, status=201)
    def post(self, request: Request, question_id: int, wish: dict[str, Any]) -> Any:
        """It drops beside the draft of whoever asked. The same words within ten minutes are the same answer."""
        return entry_form(verbs.answer(self.person, question_id, **wish), self.eyes)


class Say(Resource):
    @operation("questions_say", "Say something on a question", takes=WordSerializer, gives=EntrySerializer, status=201)
    def post(self, request: Request, question_id: int, wish: dict[str, Any]) -> Any:
        """Between colleagues; it answers nothing."""
        return entry_form(verbs.say(self.person, question_id, **wish), self.eyes)


class WithFiles(Resource):
    parser_classes = (MultiPartParser,)

    @operation(
        "questions_say_with_files",
        "Answer or say something with files",
        takes=WordWithFilesSerializer,
        gives=EntrySerializer,
        status=201,
    )
    def post(self, request: Request, question_id: int, wish: dict[str, Any]) -> Any:
        """Each is told by its bytes and kept without what says who made it where: JPEG, PNG, GIF, WebP, MP4 or PDF.

        400 `attachment_refused` says what to do.
        """
        verb, given = verbs.answer if wish["answers"] else verbs.say, handed(wish)
        return entry_form(verb(self.person, question_id, wish["text"], handed=given), self.eyes)


class AnswerFile(Resource):
    @operation("answer_files_read", "Download a file of an answer", file="application/octet-stream")
    def get(self, request: Request, file_id: int) -> FileResponse:
        """Of anything that was said on a question, for who reads tickets."""
        row = verbs.open_file(self.person, file_id)
        return served(request, row.file, tag=f"answer-{row.pk}", content_type=row.content_type, filename=row.name)


class PassOn(Resource):
    @operation("questions_pass_on", "Pass a question on", takes=AddresseeSerializer, gives=ColleagueQuestionSerializer)
    def post(self, request: Request, question_id: int, wish: dict[str, Any]) -> Any:
        """Whoever had it gets in no more. 409 `over` where it waits for nobody."""
        return written(self, verbs.pass_on(self.person, question_id, **wish).pk)


class NotMine(Resource):
    @operation("questions_not_mine", "Say that a question is not yours", gives=ColleagueQuestionSerializer)
    def post(self, request: Request, question_id: int) -> Any:
        """The next of the team that was asked gets it, or it goes back to whoever asked."""
        return written(self, verbs.not_mine(self.person, question_id).pk)


class Withdraw(Resource):
    @operation("questions_withdraw", "Withdraw a question", gives=ColleagueQuestionSerializer)
    def post(self, request: Request, question_id: int) -> Any:
        """Every link to it ends."""
        return written(self, verbs.withdraw(self.person, question_id).pk)


class Use(Resource):
    @operation("answers_use", "Use an answer", gives=EntrySerializer)
    def post(self, request: Request, entry_id: int) -> Any:
        """Say that you take it into the reply that you write: its author hears what became of it once that is sent."""
        verbs.use(self.person, entry_id)
        return entry_form(Entry.objects.select_related("author", "used_by").get(pk=entry_id), self.eyes)


def written(resource: Resource, question_id: int) -> dict[str, Any]:
    """A question as its reader gets it. Raises Missing."""
    found = verbs.with_words().filter(pk=question_id).first()
    if found is None:
        raise Missing(_("There is no such question."))
    return question_form(found, resource.eyes)
