"""Why a ticket belongs to a crisis: its scope, or words that almost repeat what somebody put in by hand."""

from collections.abc import Collection, Mapping, Sequence

from desk.crises.models import CrisisTicket
from policies.crisis_scope import Covering, CrisisFacts
from policies.near_duplicates import Digest, alike

LEAST = 0.6  # that two texts share: a copy with another greeting does, the same story retold does not
COMPARED = 200  # texts that were put in by hand, the newest of each crisis


def examples(crisis_ids: Collection[int]) -> dict[int, list[Digest]]:
    """What was put in by hand, by crisis: whatever almost repeats it belongs there too. One query."""
    rows = CrisisTicket.objects.filter(crisis__any_of=crisis_ids, how=CrisisTicket.How.HAND, left_at=None)
    found: dict[int, list[Digest]] = {}
    for crisis, kept in rows.order_by("-id").values_list("crisis_id", "digest")[: COMPARED * len(crisis_ids)]:
        if kept:
            found.setdefault(crisis, []).append(tuple(kept))
    return {crisis: digests[:COMPARED] for crisis, digests in found.items()}


def how_covered(
    crisis: Covering, facts: CrisisFacts, shapes: Collection[Digest], known: Mapping[int, Sequence[Digest]]
) -> str:
    """A value of `CrisisTicket.How`, "" where it does not belong. `shapes`: of what its customer wrote."""
    if crisis.covers(facts):
        return CrisisTicket.How.SCOPE
    if crisis.may_cover(facts) and any(alike(shape, known.get(crisis.id, ()), LEAST) for shape in shapes):
        return CrisisTicket.How.ALIKE
    return ""
