"""What goes along with a canned response: attached, described, put in order, taken off; and put into a draft."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from desk.actions.customers.masking import Eyes
from desk.actions.replies import canned_files as verbs
from desk.actions.replies.reply_files import LARGEST, attach_canned
from desk.api.forms.canned import CannedBlockedSerializer
from desk.api.forms.reply_files import (
    AttachmentOrderSerializer,
    DescribeSerializer,
    FileSerializer,
    IntoDraftSerializer,
    ReplyAttachmentSerializer,
    attachment_form,
)
from desk.api.operation import operation
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.replies.models import CannedResponse, ReplyAttachment


class CannedFiles(Resource):
    parser_classes = (MultiPartParser,)

    @operation(
        "canned_responses_attachments_list",
        "List what goes along with a canned response",
        gives=ReplyAttachmentSerializer,
        many=True,
    )
    def get(self, request: Request, canned_id: int) -> list[dict[str, Any]]:
        """In the order in which they go out. The bytes are at `reply-attachments/{id}/file/`."""
        return _forms(_canned(canned_id).attachments.all(), self.eyes)

    @operation(
        "canned_responses_attachments_create",
        "Attach a file to a canned response",
        takes=FileSerializer,
        gives=ReplyAttachmentSerializer,
        status=201,
        refuses={422: CannedBlockedSerializer},
    )
    def post(self, request: Request, canned_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """A form with a file; at most four. Told by its bytes and kept without what says who made it where.

        400 `attachment_refused` says what to do. 422: it is on offer, and a rule has something against it.
        """
        given = wish["file"]
        row = verbs.attach_to_canned(
            self.person,
            canned_id,
            content=given.read(LARGEST + 1),
            name=given.name or "",
            alt_text=wish["alt_text"],
        )
        return attachment_form(row, self.eyes)


class CannedFileOrder(Resource):
    @operation(
        "canned_responses_attachments_order",
        "Put what goes along with a canned response in order",
        takes=AttachmentOrderSerializer,
        gives=ReplyAttachmentSerializer,
        many=True,
    )
    def put(self, request: Request, canned_id: int, wish: dict[str, Any]) -> list[dict[str, Any]]:
        canned = verbs.put_canned_files_in_order(self.person, canned_id, wish["attachment_ids"])
        return _forms(canned.attachments.all(), self.eyes)


class OneCannedFile(Resource):
    @operation(
        "canned_responses_attachments_change",
        "Describe what goes along with a canned response",
        takes=DescribeSerializer,
        gives=ReplyAttachmentSerializer,
        refuses={422: CannedBlockedSerializer},
    )
    def patch(self, request: Request, canned_id: int, attachment_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """422: it is on offer, and a rule has something against that."""
        row = verbs.describe_canned_file(self.person, _file(canned_id, attachment_id), wish["alt_text"])
        return attachment_form(row, self.eyes)

    @operation(
        "canned_responses_attachments_delete",
        "Take a file off a canned response",
        status=204,
        refuses={422: CannedBlockedSerializer},
    )
    def delete(self, request: Request, canned_id: int, attachment_id: int) -> None:
        """Replies that were written with it keep their copies."""
        verbs.take_off_canned(self.person, _file(canned_id, attachment_id))


class IntoDraft(Resource):
    """What goes along with a canned response, for the caller's reply."""

    @operation(
        "tickets_canned_responses_attach",
        "Attach what goes along with a canned response to your draft",
        takes=IntoDraftSerializer,
        gives=ReplyAttachmentSerializer,
        many=True,
    )
    def post(self, request: Request, ticket_id: int, canned_id: int, wish: dict[str, Any]) -> list[dict[str, Any]]:
        """Copies, each file once; name them in `attachment_ids` of the reply."""
        made = attach_canned(self.person, ticket_id, canned_id, visibility=wish["visibility"])
        return _forms(made, self.eyes)


def _forms(rows: Iterable[ReplyAttachment], eyes: Eyes) -> list[dict[str, Any]]:
    return [attachment_form(row, eyes) for row in rows]


def _canned(canned_id: int) -> CannedResponse:
    canned = CannedResponse.objects.filter(pk=canned_id).first()
    if canned is None:
        raise Missing(_("There is no such canned response."))
    return canned


def _file(canned_id: int, attachment_id: int) -> int:
    if not ReplyAttachment.objects.filter(pk=attachment_id, canned_response=canned_id).exists():
        raise Missing(_("This file is not here (any more)."))
    return attachment_id
