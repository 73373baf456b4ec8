"""What waits for a colleague's word, and the word."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.replies import approval as verbs
from desk.api.forms.approvals import (
    ApprovalQuery,
    ApprovalSerializer,
    ApproveSerializer,
    RejectSerializer,
    approval_form,
)
from desk.api.forms.replies import BlockedSerializer, ReplySerializer, reply_form
from desk.api.operation import operation
from desk.api.paging import Page, each
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.people.permissions import Permission, require
from desk.replies.models import Approval
from policies.approval_states import State


class Approvals(Resource):
    @operation("approvals_list", "List requests for approval", asks=ApprovalQuery, gives=ApprovalSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """Those that wait, by when they are due; decided ones newest first. Needs the permission `approve`."""
        require(self.person, Permission.APPROVE)
        waits = query["state"] == State.WAITING
        key = ("due_at", "id") if waits else ("id",)
        rows = _rows().filter(state=query["state"])
        found = slice_after(rows, key, query["cursor"], query["page_size"], descending=not waits)
        return Page(found, each(lambda row: approval_form(row, self.person, self.eyes)))


class OneApproval(Resource):
    @operation("approvals_read", "Read a request for approval", gives=ApprovalSerializer)
    def get(self, request: Request, approval_id: int) -> Any:
        require(self.person, Permission.APPROVE)
        found = _rows().filter(pk=approval_id).first()
        if found is None:
            raise Missing(_("There is no such request for approval."))
        return approval_form(found, self.person, self.eyes)


class Approve(Resource):
    @operation(
        "replies_approve",
        "Approve a reply",
        takes=ApproveSerializer,
        gives=ReplySerializer,
        refuses={422: BlockedSerializer},
    )
    def post(self, request: Request, reply_id: int, wish: dict[str, Any]) -> Any:
        """It leaves at its time in its author's name, with other words and files where you edit them.

        409 `own_words`, `not_waiting`, `newer_message` (the customer wrote on), `look_again` (the rules changed, or it
        was asked anew), `edit_needs_approval`; 422 where the rules do not let the words leave.
        """
        if "descriptions" in wish:
            wish["descriptions"] = {one["id"]: one["alt_text"] for one in wish["descriptions"]}
        return reply_form(verbs.approve(self.person, reply_id, **wish), self.eyes)


class Reject(Resource):
    @operation("replies_reject", "Reject a reply", takes=RejectSerializer, gives=ReplySerializer)
    def post(self, request: Request, reply_id: int, wish: dict[str, Any]) -> Any:
        """Its words are the author's draft again, with your reason."""
        return reply_form(verbs.reject(self.person, reply_id, **wish), self.eyes)


def _rows() -> "QuerySet[Approval]":
    return Approval.objects.select_related("reply__author", "decided_by").prefetch_related("reply__attachments")
