"""Files of customers, from the desk's own store."""

from django.http import FileResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from desk.actions import kept
from desk.api.problems import ProblemSerializer
from desk.api.views import Resource
from desk.common.errors import Missing


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
        """Whatever a stranger sent, as bytes to save; its `content_type` is in the message.

        That of a message that was deleted needs the permission `see_deleted`, and who took it is written down.
        """
        attachment = kept.open_file(self.person, attachment_id)
        try:
            file = attachment.file.open("rb")
        except FileNotFoundError as gone:
            raise Missing(_("This file is not here (any more).")) from gone
        return FileResponse(file, as_attachment=True, content_type="application/octet-stream")
