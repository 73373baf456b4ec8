"""Files of customers, from the desk's own store."""

from django.http import FileResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from desk.api.problems import ProblemSerializer
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.tickets import queries
from desk.tickets.models import Attachment


class OneAttachment(Resource):
    @extend_schema(
        operation_id="attachments_read",
        summary="Download a customer's file",
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            **dict.fromkeys((401, 403, 404, 429), ProblemSerializer),
        },
    )
    def get(self, request: Request, attachment_id: int) -> FileResponse:
        """Whatever a stranger sent, as bytes to save; its `content_type` is in the message."""
        visible = queries.visible_tickets(self.person)
        found = Attachment.objects.filter(pk=attachment_id, state=Attachment.State.STORED, message__ticket__in=visible)
        attachment = found.first()
        try:
            file = attachment.file.open("rb") if attachment is not None and attachment.file else None
        except FileNotFoundError:
            file = None
        if file is None:
            raise Missing(_("This file is not here (any more)."))
        return FileResponse(file, as_attachment=True, content_type="application/octet-stream")
