"""How long a reply may be on each network, as the networks publish it: a table, so that no limit moves unseen."""

import pytest

from connectors.base import LengthRule
from connectors.registry import all_networks

# limit, unit, bytes beside it; in public and in private
PUBLISHED: dict[str, tuple[tuple[int, str, int | None], tuple[int, str, int | None]]] = {
    "x": ((280, "weighted", None), (10_000, "characters", None)),
    "facebook_page": ((8_000, "characters", None), (2_000, "characters", None)),
    "instagram": ((300, "characters", None), (1_000, "bytes", None)),
    "mastodon": ((500, "mastodon", None), (500, "mastodon", None)),  # where a server says nothing else
    "google_business": ((4_096, "bytes", None), (2_000, "characters", None)),  # nothing is said in private on these
    "google_play": ((350, "characters", None), (2_000, "characters", None)),
    "app_store": ((5_970, "characters", None), (2_000, "characters", None)),
    "mail": ((280, "characters", None), (20_000, "characters", None)),  # and nothing in public here
    "bluesky": ((300, "graphemes", 3_000), (1_000, "graphemes", 10_000)),
}


@pytest.mark.parametrize("slug", [network.slug for network in all_networks()])
def test_a_network_has_the_limits_that_it_publishes(slug: str) -> None:
    can = next(one for one in all_networks() if one.slug == slug).capabilities
    assert (_told(can.public_length), _told(can.private_length)) == PUBLISHED[slug]


def _told(rule: LengthRule) -> tuple[int, str, int | None]:
    return rule.limit, rule.unit, rule.max_bytes
