"""The OpenAPI description and the page that shows it. Both are open: they hold no data, only forms."""

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


@cache
def description() -> dict[str, Any]:
    """OpenAPI 3; worked out once a process, because it only changes with the program."""
    return dict(SchemaGenerator().get_schema(request=None, public=True))  # type: ignore[no-untyped-call]  # untyped there


class Description(APIView):
    """JSON, or YAML with `Accept: application/vnd.oai.openapi` or `?format=openapi`."""

    authentication_classes = ()
    permission_classes = ()
    renderer_classes = (OpenApiJsonRenderer, OpenApiYamlRenderer)
    content_negotiation_class = DefaultContentNegotiation

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(description(), headers={"Content-Disposition": 'inline; filename="balie.json"'})


class Documents(SpectacularSwaggerSplitView):
    """The description as a page to read and try, with its script and style from our own files."""

    authentication_classes = ()
    permission_classes = ()
    content_negotiation_class = DefaultContentNegotiation
    url_name = "api-schema"
    title = "Balie API"
    template_name = "desk/api/docs.html"
