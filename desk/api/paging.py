"""Pages as callers see them: `results`, and the full addresses of the pages beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from rest_framework import serializers
from rest_framework.request import Request

from desk.common.paging import Slice

PAGE_SIZE = 50
LARGEST_PAGE = 200


class PageQuery(serializers.Serializer[Any]):
    """Which page; the query of every list that can grow."""

    cursor = serializers.CharField(
        default="", allow_blank=True, max_length=500, help_text="Where the page starts: take it from next or previous."
    )
    page_size = serializers.IntegerField(default=PAGE_SIZE, min_value=1, max_value=LARGEST_PAGE)


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of rows, and how all of them are written."""

    slice: Slice[Any]
    forms: Callable[[list[Any]], list[Any]]

    def answer(self, request: Request) -> dict[str, Any]:
        """As the answer's body."""
        return {
            "results": self.forms(self.slice.rows),
            "next": _address(request, self.slice.next),
            "previous": _address(request, self.slice.previous),
        }


def each(form: Callable[[Any], Any]) -> Callable[[list[Any]], list[Any]]:
    """Rows that are written one by one."""
    return lambda rows: [form(row) for row in rows]


def serialized(form: type[serializers.BaseSerializer[Any]]) -> Callable[[list[Any]], list[Any]]:
    """Rows that their serializer writes."""
    return lambda rows: list(form(rows, many=True).data)


def _address(request: Request, cursor: str) -> str | None:
    if not cursor:
        return None
    return request.build_absolute_uri("?" + urlencode({**request.query_params.dict(), "cursor": cursor}))
