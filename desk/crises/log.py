"""The log of a crisis: written at its end only, and checked from its beginning."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from desk.crises.models import Crisis, CrisisEntry
from desk.people.models import User
from policies.crisis_scope import Scope
from policies.hash_chain import Broken, Link, beginning, digest_of, first_broken


def write(crisis: Crisis, kind: str, *, at: datetime, actor: User | None, text: str = "", **data: Any) -> CrisisEntry:
    """One line more, in the transaction of what it tells of. Who writes waits for whoever is writing."""
    head = Crisis.objects.select_for_update().only("log_length", "log_digest").get(pk=crisis.pk)
    entry = CrisisEntry(
        crisis_id=crisis.pk,
        number=head.log_length + 1,
        at=at,
        actor=actor,
        kind=kind,
        text=text,
        data=data,
        before=head.log_digest or start_of(crisis),
    )
    entry.digest = digest_of(entry.before, facts_of(entry))
    entry.save(force_insert=True)
    Crisis.objects.filter(pk=crisis.pk).update(log_length=entry.number, log_digest=entry.digest)
    crisis.log_length, crisis.log_digest = entry.number, entry.digest
    return entry


def facts_of(entry: CrisisEntry) -> Mapping[str, Any]:
    """What the digest of an entry is made of, besides the digest before it."""
    return {
        "crisis": entry.crisis_id,
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor_id,
        "kind": entry.kind,
        "text": entry.text,
        "data": entry.data,
    }


def start_of(crisis: Crisis) -> str:
    return beginning(f"crisis {crisis.pk}")


def broken_link(crisis: Crisis) -> Broken | None:
    """The first entry at which the log does not hold; None where nobody has touched it."""
    rows = CrisisEntry.objects.filter(crisis=crisis).order_by("number").iterator()
    links = (Link(entry.number, facts_of(entry), entry.before, entry.digest) for entry in rows)
    start = start_of(crisis)
    return first_broken(links, start, (crisis.log_length, crisis.log_digest or start))


def scopes_of(crisis: Crisis) -> list[Scope]:
    """Every scope that it has had, as the log tells."""
    told = CrisisEntry.objects.filter(crisis=crisis, data__has_key="scope").values_list("data", flat=True)
    return [Scope.from_json(data["scope"]) for data in told]
