"""Files of customers, from the desk's own store."""

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from desk.actions.replies import kept
from desk.api.problems import ProblemSerializer
from desk.api.views import Resource
from desk.common.ranges import served


class OneAttachment(Resource):
    @extend_schema(
        operation_id="attachments_read",
        summary="Download a customer's file",
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            (206, "application/octet-stream"): OpenApiTypes.BINARY,
            **dict.fromkeys((401, 403, 404, 429), ProblemSerializer),
        },
    )
    def get(self, request: Request, attachment_id: int) -> FileResponse:
        """Whatever a stranger sent, as bytes to save; its `content_type` is in the message.

        That of a message that was deleted needs the permission `see_deleted`, and who took it is written down.
        """
        attachment = kept.open_file(self.person, attachment_id)
        return served(request, attachment.file, tag=f"customer-{attachment.pk}", content_type=attachment.content_type)
