"""Keyset pagination: the next page starts behind the last row, so page 1,000 is as quick as page 1."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Field, GeneratedField, Model, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from desk.common.errors import Invalid

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """Some rows and where the slices beside it start ("" where there is none)."""

    rows: list[Row]
    next: str
    previous: str


def slice_after(
    rows: "QuerySet[Row]", key: Sequence[str], cursor: str, size: int, *, descending: bool = False
) -> Slice[Row]:
    """The `size` rows behind `cursor` in the order of `key`: columns of the row itself, the last unique, none null."""
    table = rows.model._meta.db_table
    fields = [_column(rows.model, name) for name in key]
    backwards, position = _read(cursor, fields)
    names = [field.column for field in fields]
    if position is not None:
        columns = ", ".join(f'"{table}"."{name}"' for name in names)
        marks = ", ".join(["%s"] * len(names))
        sign = "<" if descending != backwards else ">"
        behind = RawSQL(f"(({columns}) {sign} ({marks}))", position, output_field=BooleanField())  # noqa: S611 names come from the model
        rows = rows.filter(behind)
    turn = "-" if descending != backwards else ""
    found = list(rows.order_by(*(turn + name for name in key))[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_next = backwards or more
    has_previous = more if backwards else position is not None
    return Slice(
        found,
        _write(found[-1], key, backwards=False) if found and has_next else "",
        _write(found[0], key, backwards=True) if found and has_previous else "",
    )


def cursor_before(rows: "QuerySet[Row]", key: Sequence[str], row: Row, above: int) -> str:
    """The cursor of an ascending slice that has `row` and at most `above` others before it; "" for the first one."""
    before = slice_after(rows, key, _write(row, key, backwards=True), above + 1).rows
    return _write(before[0], key, backwards=False) if len(before) > above else ""


def _write(row: Model, key: Sequence[str], *, backwards: bool) -> str:
    values = [getattr(row, name) for name in key]
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps([int(backwards), *plain]).encode()).decode()


def _read(cursor: str, fields: "Sequence[Field[Any, Any]]") -> tuple[bool, list[Any] | None]:
    if not cursor:
        return False, None
    try:
        backwards, *values = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        direction = {0: False, 1: True}[backwards]
        position = [_kind(field).to_python(value) for field, value in zip(fields, values, strict=True)]
    except (KeyError, ValueError, TypeError, OverflowError, ValidationError):  # base64 and JSON faults are ValueErrors
        raise Invalid(_("This page address is damaged. Start again from the first page."), code="bad_cursor") from None
    return direction, position


def _kind(field: "Field[Any, Any]") -> "Field[Any, Any]":
    """What knows its values: of a generated column what it gives."""
    gives = field.output_field if isinstance(field, GeneratedField) else None
    return gives or field


def _column(model: type[Model], name: str) -> "Field[Any, Any]":
    field = model._meta.get_field(name)
    if not isinstance(field, Field):
        raise TypeError(f"{name} is no column of {model.__name__}")
    return field
