"""No cell of the matrix is empty: each fault of each way is played on a network, or it is said why it has none."""

from collections import defaultdict

import pytest

from connectors.sandbox.faults import DELIVERIES, DISTURBANCES, FAILURES, STANDING
from desk.inboxes.gateway import all_networks, network, schemes_of
from tests.faults import test_mail, test_matrix
from tests.faults.table import Row
from tests.faults.test_matrix import NETWORKS, SAID_BEFORE, WITH_ACTIONS, WITH_WEBHOOKS, Told, tell

__all__ = ["tell"]

ANSWERS = (*FAILURES, *DISTURBANCES)
FAULTS = (*ANSWERS, SAID_BEFORE, *DELIVERIES, *STANDING)
WAYS = ("poll", "webhook", "reply", "hide")
OF_HOOKS = frozenset(kind for kind in DELIVERIES if kind.startswith("webhook"))


def reason(slug: str, way: str, kind: str) -> str:
    """Why this can't happen on this way of this network; "" where it can, and has to be played."""
    if way == "webhook" and not network(slug).capabilities.webhook:
        return "it has no webhooks"
    if way == "hide" and not network(slug).capabilities.actions:
        return "nothing can be done to a message there"
    if way == "webhook" and kind not in (*DELIVERIES, *STANDING):
        return "a delivery is no answer"
    if way != "webhook" and kind in OF_HOOKS:
        return "it happens to deliveries alone"
    if way in ("reply", "hide") and kind in DELIVERIES:
        return "nothing is delivered"
    if way in ("poll", "hide") and kind == SAID_BEFORE:
        return "nothing is said"
    return _reason_of_mail(way, kind) if is_mail(slug) else ""


def _reason_of_mail(way: str, kind: str) -> str:
    if kind == "payment_required":
        return "mail servers ask for no money"
    if way == "poll" and kind == "not_allowed":
        return "who may open a folder may read it"
    return ""


def is_mail(slug: str) -> bool:
    """Its faults have a file of their own."""
    return "https" not in schemes_of(network(slug))


def played_on(slug: str, way: str) -> tuple[str, ...]:
    """The faults that the tests beside this one play."""
    where = {"webhook": WITH_WEBHOOKS, "hide": WITH_ACTIONS}.get(way, NETWORKS)
    return test_mail.PLAYED.get(way, ()) if is_mail(slug) else test_matrix.PLAYED[way] if slug in where else ()


@pytest.mark.parametrize("slug", [one.slug for one in all_networks()])
def test_no_cell_is_empty(slug: str, tell: Told) -> None:
    """What is not of this network stands in the table too, with the reason."""
    for way in WAYS:
        played = played_on(slug, way)
        missing = defaultdict(list)
        for kind in FAULTS:
            why = reason(slug, way, kind)
            assert (kind in played) == (not why), f"{slug}, {way}, {kind}: “{why}”"
            missing[why].append(kind)
        missing.pop("", None)
        for why, kinds in missing.items():
            tell(Row(slug, way, f"not there: {len(kinds)} of {len(FAULTS)}", f"{why}: {', '.join(kinds)}", "", ""))
