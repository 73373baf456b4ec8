"""What people write about their other accounts, and how handles are compared."""

import pytest

from policies.same_person import Named, accounts_named, is_called, plain_handle


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Ik ben @treinmarit op Twitter", [Named("x", "treinmarit")]),
        ("I'm @treinmarit on X", [Named("x", "treinmarit")]),
        ("op Instagram heet ik @trein.marit.", [Named("instagram", "trein.marit")]),
        ("on my Bluesky I am @marit.bsky.social", [Named("bluesky", "marit.bsky.social")]),
        ("https://x.com/TreinMarit", [Named("x", "treinmarit")]),
        ("zie twitter.com/treinmarit", [Named("x", "treinmarit")]),
        ("https://x.com/treinmarit/status/12", []),
        ("https://x.com/search?q=marit", []),
        ("https://bsky.app/profile/marit.example.org", [Named("bluesky", "marit.example.org")]),
        ("https://mastodon.nl/@marit", [Named("mastodon", "marit@mastodon.nl")]),
        ("of @marit@mastodon.nl", [Named("mastodon", "marit@mastodon.nl")]),
        ("mail marit@example.org", []),
        ("@vlotlijn de trein op spoor 5 staat stil", []),
        ("De trein staat op X minuten vertraging", []),
    ],
)
def test_accounts_are_found_with_their_network(text: str, named: list[Named]) -> None:
    assert accounts_named(text) == named


def test_a_flood_of_handles_is_cut_and_stays_quick() -> None:
    assert len(accounts_named("@a_b op X " * 5_000 + "".join(f"@n{number} op X " for number in range(500)))) <= 20


@pytest.mark.parametrize(
    ("handle", "plain"),
    [
        ("@Marit_V", "marit_v"), ("marit@mastodon.nl", "marit"), ("marit.bsky.social", "marit"), ("jan", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_handle_without_its_network(handle: str, plain: str) -> None:
    assert plain_handle(handle) == plain


def test_a_server_that_is_left_out_may_be_any() -> None:
    named = Named("mastodon", "marit@mastodon.nl")
    assert is_called(named, "mastodon", "Marit@mastodon.nl")
    assert is_called(named, "mastodon", "marit")
    assert not is_called(named, "mastodon", "marit@elders.nl")
    assert not is_called(named, "x", "marit@mastodon.nl")
