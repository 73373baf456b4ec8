"""Files that go along with replies: handed in, described, taken back, downloaded."""

from typing import Any

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from desk.actions.replies import reply_files as verbs
from desk.api.forms.reply_files import (
    AttachSerializer,
    CaptionSerializer,
    DescribeSerializer,
    ReplyAttachmentSerializer,
    attachment_form,
)
from desk.api.operation import operation
from desk.api.problems import ProblemSerializer
from desk.api.views import Resource
from desk.common.media.captions import MOST_BYTES
from desk.common.ranges import served


class Attach(Resource):
    """A file for the caller's draft."""

    parser_classes = (MultiPartParser,)

    @operation(
        "tickets_attachments_create",
        "Attach a file to your draft",
        takes=AttachSerializer,
        gives=ReplyAttachmentSerializer,
        status=201,
    )
    def post(self, request: Request, ticket_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """A form with a file. Name it in `attachment_ids` of the reply, which ends the draft.

        It is told by its bytes and kept without what says who made it where. 400 `attachment_refused` says what to
        do; `networks/` says what each network takes along. What is never sent is deleted after 30 days.
        """
        content = wish.pop("file")
        row = verbs.attach(
            self.person, ticket_id, content=content.read(verbs.LARGEST + 1), name=content.name or "", **wish
        )
        return attachment_form(row, self.eyes, self.person.pk)


class OneReplyAttachment(Resource):
    """A file of the caller's draft."""

    @operation(
        "reply_attachments_change", "Describe an attachment", takes=DescribeSerializer, gives=ReplyAttachmentSerializer
    )
    def patch(self, request: Request, attachment_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """While it is in your draft; with a reply on its way it stays as it was checked and approved."""
        row = verbs.describe(self.person, attachment_id, wish["alt_text"])
        return attachment_form(row, self.eyes, self.person.pk)

    @operation("reply_attachments_delete", "Take an attachment off your draft", status=204)
    def delete(self, request: Request, attachment_id: int) -> None:
        verbs.take_off(self.person, attachment_id)


class ReplyAttachmentCaptions(Resource):
    """What is said in a film of the caller's draft."""

    parser_classes = (MultiPartParser,)

    @operation(
        "reply_attachments_captions_write",
        "Add captions to a film",
        takes=CaptionSerializer,
        gives=ReplyAttachmentSerializer,
    )
    def post(self, request: Request, attachment_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """A form with a SubRip or WebVTT file, in the place of what was there; an empty one takes them off.

        They go out where the network keeps captions (`networks/`: `captions`).
        """
        content = wish["file"].read(MOST_BYTES + 1)
        row = verbs.caption(self.person, attachment_id, content, wish["language"])
        return attachment_form(row, self.eyes, self.person.pk)


class ReplyAttachmentFile(Resource):
    @extend_schema(
        operation_id="reply_attachments_file_read",
        summary="Download an attachment of a reply",
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            (206, "application/octet-stream"): OpenApiTypes.BINARY,
            **dict.fromkeys((401, 403, 404, 429), ProblemSerializer),
        },
    )
    def get(self, request: Request, attachment_id: int) -> FileResponse:
        """That of a draft for its writer alone; its `content_type` is in the reply."""
        row = verbs.open_attachment(self.person, attachment_id)
        return served(request, row.file, tag=f"reply-{row.pk}", content_type=row.content_type)
