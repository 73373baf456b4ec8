"""Indexes that most rows need not pay for."""

from django.db.models import Index, Q


def where_set(column: str, *, name: str) -> Index:
    """Of a relation that is mostly empty: only rows that have it are written to the index, and only those are asked."""
    return Index(fields=[column], name=name, condition=Q(**{f"{column}__isnull": False}))
