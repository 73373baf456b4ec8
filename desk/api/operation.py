"""One decorator that checks what an operation takes and describes it, so that the description can't be wrong."""

from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from desk.api.paging import Page
from desk.api.problems import ProblemSerializer

Form = serializers.Serializer[Any]
Method = Callable[..., Any]
_READS = "_list", "_read"


def operation(
    name: str,
    summary: str,
    *,
    takes: type[Form] | None = None,
    asks: type[Form] | None = None,
    gives: type[Form] | None = None,
    many: bool = False,
    paged: bool = False,
    status: int = 200,
    file: str = "",
    refuses: Mapping[int, type[Form]] | None = None,
) -> Callable[[Method], Method]:
    """Turn a method of an APIView into an operation.

    The body is checked by `takes` and handed over as `wish`, the query string by `asks` as `query`. What the method
    returns becomes the answer: something in the form of `gives`, a list of it where `many`, a `Page` of it where
    `paged`, or with `file`, a content type, the answer itself. `refuses` names problem forms that carry more than the
    usual one.
    """

    def described(method: Method) -> Method:
        @wraps(method)
        def answer(view: Any, request: Request, **ids: Any) -> HttpResponseBase:
            if asks is not None:
                ids["query"] = _checked(asks, request.query_params.dict())
            if takes is not None:
                ids["wish"] = _checked(takes, request.data)
            given = method(view, request, **ids)
            if isinstance(given, HttpResponseBase):
                return given
            return Response(given.answer(request) if isinstance(given, Page) else given, status=status)

        problems: dict[int, type[Form]] = dict.fromkeys(_problems(name, takes), ProblemSerializer)
        return extend_schema(
            operation_id=name,
            summary=summary,
            description=method.__doc__,
            parameters=[asks] if asks is not None else None,
            request=takes,
            responses={**problems, **(refuses or {}), **_success(status, file, gives, many=many, paged=paged)},
        )(answer)

    return described


def _checked(form: type[Form], values: Any) -> dict[str, Any]:
    checked = form(data=values)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


def _problems(name: str, takes: type[Form] | None) -> tuple[int, ...]:
    usual = (400, 401, 403, 404, 429)
    if name.endswith(_READS):
        return usual
    return (*usual, 409, 413, 415) if takes is not None else (*usual, 409)


def _success(status: int, file: str, gives: type[Form] | None, *, many: bool, paged: bool) -> dict[Any, Any]:
    if file:
        return {(status, file): OpenApiTypes.OBJECT if file == "application/json" else OpenApiTypes.BINARY}
    return {status: _form(gives, many=many, paged=paged)}


def _form(gives: type[Form] | None, *, many: bool, paged: bool) -> Any:
    if gives is None:
        return None
    if paged:
        return _page_of(gives)
    return gives(many=True) if many else gives


@cache
def _page_of(gives: type[Form]) -> Form:
    """One component for each kind of row, however many lists show it."""
    beside = {end: serializers.URLField(allow_null=True) for end in ("next", "previous")}
    return inline_serializer(
        "PageOf" + gives.__name__.removesuffix("Serializer"), {"results": gives(many=True), **beside}
    )
