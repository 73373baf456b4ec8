"""Rows in bulk: one `INSERT … SELECT unnest(…)` a table, because ingest lives by it (measured: forty times the ORM)."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def insert_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    on_conflict: str = "",
    returning: Sequence[str] = (),
) -> list[tuple[Any, ...]]:
    """Insert `rows` (values in the order of `columns`, database column names) in one statement.

    `on_conflict` is SQL such as "(inbox_id, event_key) DO NOTHING". Gives back the `returning` columns of the rows that
    were really written. JSON columns take Python values.
    """
    rows = list(rows)
    if not rows:
        return []
    fields = {field.column: field for field in model._meta.concrete_fields}
    types = [_array_type(fields[column]) for column in columns]
    values: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)]
    for position, column in enumerate(columns):
        if isinstance(fields[column], models.JSONField):
            values[position] = [None if value is None else json.dumps(value) for value in values[position]]
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({names}) SELECT * FROM unnest({arrays})"  # noqa: S608 names come from the model
    if on_conflict:
        sql += f" ON CONFLICT {on_conflict}"
    if returning:
        sql += f" RETURNING {', '.join(quote(column) for column in returning)}"
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall()) if returning else []


def update_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Set `columns[1:]` of the rows whose `columns[0]` (the key) is given, in one statement."""
    rows = list(rows)
    if not rows:
        return
    fields = {field.column: field for field in model._meta.concrete_fields}
    quote = connection.ops.quote_name
    key, *changed = columns
    names = ", ".join(quote(column) for column in columns)
    arrays = ", ".join(f"%s::{_array_type(fields[column])}[]" for column in columns)
    assignments = ", ".join(f"{quote(column)} = new.{quote(column)}" for column in changed)
    sql = (
        f"UPDATE {quote(model._meta.db_table)} AS old SET {assignments} "  # noqa: S608 names come from the model
        f"FROM unnest({arrays}) AS new ({names}) WHERE old.{quote(key)} = new.{quote(key)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(column) for column in zip(*rows, strict=True)])


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """`count` fresh primary keys, so that rows that point at each other can be written in bulk."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, count],
        )
        return [row[0] for row in cursor.fetchall()]


def _array_type(field: "models.Field[Any, Any]") -> str:
    kind = field.target_field.db_type(connection) if isinstance(field, models.ForeignKey) else field.db_type(connection)
    return {"bigserial": "bigint", "serial": "integer"}.get(str(kind), str(kind).split("(")[0])
