"""What is taken out of messages, tickets and raw items when somebody's data is erased or has been kept long enough.

Rows stay, so that clocks, counts and timelines stay; what anybody wrote goes. Everything here runs in the caller's
transaction and may run again: what is gone already is not found any more.
"""

from collections.abc import Collection, Iterable

from django.db import connection

from desk.people.models import AuditEntry

SPEAKING = ["reason", "text", "detail", "problem"]  # keys under which timeline, audit and notices hold somebody's words
GONE = "…"


class InFlight(Exception):
    """A reply is being sent at this moment: what it answers has to wait until the outcome is known."""


def quiet(table: str, column: str, key: str, ids: Collection[int], names: Iterable[str] = SPEAKING) -> None:
    """Put an ellipsis for the words that a JSON column of our own holds under these names."""
    wanted, quoted = list(names), connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {quoted(table)} SET {quoted(column)} = {quoted(column)} || (
                SELECT jsonb_object_agg(name, %s::text) FROM unnest(%s::text[]) AS name
                WHERE {quoted(table)}.{quoted(column)} ? name)
            WHERE {quoted(key)} = ANY(%s) AND {quoted(column)} ?| %s::text[]""",  # noqa: S608 names are our own
            [GONE, wanted, list(ids), wanted],
        )


def quiet_audit(subject: str, ids: Iterable[int]) -> None:
    """Of these things: that somebody did something stays, what they wrote about it goes."""
    rows = AuditEntry.objects.filter(subject_id__any_of=[str(one) for one in ids], subject=subject)
    quiet("people_auditentry", "detail", "id", list(rows.values_list("pk", flat=True)))
