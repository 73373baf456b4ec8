"""Answers in batches: prepared, read line by line, started, paused, stopped."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.statements import batch_answers as verbs
from desk.actions.statements.batch_approval import approve_batch
from desk.actions.statements.statement_answers import answer_with_statement
from desk.api.forms.batches import (
    ApproveBatchSerializer,
    BatchLineSerializer,
    BatchLinesQuery,
    BatchSerializer,
    PrepareBatchSerializer,
    StatementAnswersSerializer,
    batch_form,
    batch_forms,
    chosen_of,
    line_form,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery
from desk.api.resources.crises import known_crisis
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.people.permissions import Permission
from desk.replies.models import AnswerBatch, AnswerLine


class Batches(Resource):
    reads = Permission.SEE_CRISES

    @operation("answers_list", "List answers in batches", asks=PageQuery, gives=BatchSerializer, paged=True)
    def get(self, request: Request, crisis_id: int, query: dict[str, Any]) -> Page:
        """The newest first."""
        rows = AnswerBatch.objects.filter(crisis=known_crisis(crisis_id)).select_related("author")
        found = slice_after(rows, ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(found, batch_forms)

    @operation(
        "answers_prepare",
        "Prepare answers to many tickets",
        takes=PrepareBatchSerializer,
        gives=BatchSerializer,
        status=202,
    )
    def post(self, request: Request, crisis_id: int, wish: dict[str, Any]) -> Any:
        """A worker looks what each would get: read the lines once `state` is `ready`, then start it."""
        batch = verbs.prepare(
            self.person,
            crisis_id,
            chosen=chosen_of(wish.get("chosen", {})),
            texts=wish.get("texts", ()),
            fallback=wish["fallback"],
            canned_response_id=wish.get("canned_response"),
            visibility=wish["visibility"],
            per_minute=wish["per_minute"],
        )
        return batch_form(_batch(crisis_id, batch.pk))


class AnswerWithStatement(Resource):
    reads = Permission.SEE_CRISES

    @operation(
        "crises_statements_answer",
        "Answer who waits with a holding statement",
        takes=StatementAnswersSerializer,
        gives=BatchSerializer,
        status=202,
    )
    def post(self, request: Request, crisis_id: int, statement_id: int, wish: dict[str, Any]) -> Any:
        """On the networks and in the languages that it is for. Read the lines, then start it."""
        batch = answer_with_statement(self.person, crisis_id, statement_id, **wish)
        return batch_form(_batch(crisis_id, batch.pk))


class OneBatch(Resource):
    reads = Permission.SEE_CRISES

    @operation("answers_read", "Read a batch of answers", gives=BatchSerializer)
    def get(self, request: Request, crisis_id: int, batch_id: int) -> Any:
        return batch_form(_batch(crisis_id, batch_id))


class BatchLines(Resource):
    reads = Permission.SEE_CRISES

    @operation(
        "answers_lines_list", "List what each ticket gets", asks=BatchLinesQuery, gives=BatchLineSerializer, paged=True
    )
    def get(self, request: Request, crisis_id: int, batch_id: int, query: dict[str, Any]) -> Page:
        """In the order in which they have their turn."""
        batch = _batch(crisis_id, batch_id)
        rows = AnswerLine.objects.filter(batch=batch).select_related("approved_by")
        if "state" in query:
            rows = rows.filter(state=query["state"])
        found = slice_after(rows, ("id",), query["cursor"], query["page_size"])
        return Page(found, lambda lines: [line_form(line, batch.author_id, self.eyes) for line in lines])


class TakeOut(Resource):
    reads = Permission.SEE_CRISES

    @operation("answers_take_out", "Take a ticket out", gives=BatchLineSerializer)
    def post(self, request: Request, crisis_id: int, batch_id: int, line_id: int) -> Any:
        """It gets nothing by this batch."""
        batch = _batch(crisis_id, batch_id)
        if not AnswerLine.objects.filter(batch=batch, pk=line_id).exists():
            raise Missing(_("There is no such line."))
        return line_form(verbs.take_out(self.person, line_id), batch.author_id, self.eyes)


class Start(Resource):
    reads = Permission.SEE_CRISES

    @operation("answers_start", "Start a batch of answers", gives=BatchSerializer)
    def post(self, request: Request, crisis_id: int, batch_id: int) -> Any:
        """Its author alone: the replies go in their name."""
        return batch_form(verbs.start(self.person, _batch(crisis_id, batch_id).pk))


class Approve(Resource):
    reads = Permission.SEE_CRISES

    @operation("answers_approve", "Approve a batch of answers", takes=ApproveBatchSerializer, gives=BatchSerializer)
    def post(self, request: Request, crisis_id: int, batch_id: int, wish: dict[str, Any]) -> Any:
        """All of it as it was read, also what has yet to be handed in. Nobody approves their own. 409 `look_again`:
        some of the words have changed.
        """
        batch = _batch(crisis_id, batch_id)
        approve_batch(self.person, batch.pk, **wish)
        return batch_form(_batch(crisis_id, batch_id))


class Pause(Resource):
    reads = Permission.SEE_CRISES

    @operation("answers_pause", "Pause a batch of answers", gives=BatchSerializer)
    def post(self, request: Request, crisis_id: int, batch_id: int) -> Any:
        """What was handed in goes on as any reply; the rest waits."""
        return batch_form(verbs.pause(self.person, _batch(crisis_id, batch_id).pk))


class Resume(Resource):
    reads = Permission.SEE_CRISES

    @operation("answers_resume", "Resume a batch of answers", gives=BatchSerializer)
    def post(self, request: Request, crisis_id: int, batch_id: int) -> Any:
        """Also where it paused by itself."""
        return batch_form(verbs.resume(self.person, _batch(crisis_id, batch_id).pk))


class Stop(Resource):
    reads = Permission.SEE_CRISES

    @operation("answers_stop", "Stop a batch of answers", gives=BatchSerializer)
    def post(self, request: Request, crisis_id: int, batch_id: int) -> Any:
        """For good: nothing more of it is handed in."""
        return batch_form(verbs.stop(self.person, _batch(crisis_id, batch_id).pk))


def _batch(crisis_id: int, batch_id: int) -> AnswerBatch:
    batch = AnswerBatch.objects.select_related("author").filter(pk=batch_id, crisis=crisis_id).first()
    if batch is None:
        raise Missing(_("There are no such answers."))
    return batch
