"""A text that never fits a network is refused when it is saved, for each network that the desk knows."""

from typing import Any

import pytest

from desk.actions.replies import canned
from desk.actions.replies.canned_check import CannedBlocked
from desk.actions.replies.canned_preview import preview
from desk.common.errors import Invalid
from desk.inboxes.gateway import LengthRule, all_networks
from desk.people.models import User
from desk.people.permissions import Role
from policies.canned_form import LONGEST
from policies.canned_lengths import Fit
from policies.length import measure
from tests.actions.builders import an_inbox

pytestmark = pytest.mark.django_db
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"  # one for the reader, 25 bytes
WAYS = [
    pytest.param(network.slug, visibility, id=f"{network.slug}-{visibility}")
    for network in all_networks()
    for visibility, offered in (
        ("public", network.capabilities.reply_public),
        ("private", network.capabilities.reply_private),
    )
    if offered
]


@pytest.fixture
def editor() -> User:
    return User.objects.create_user("joris", first_name="Joris", role=Role.SUPERVISOR)


def saying(slug: str, text: str, visibility: str) -> dict[str, Any]:
    texts = [{"language": "nl", "network": slug, "text": text}, {"language": "nl", "network": "", "text": "Hoi"}]
    return {"texts": texts, "visibility": visibility, "networks": [slug]}


def fit_of(editor: User, slug: str, text: str, visibility: str) -> Fit:
    (fit,) = preview(editor, canned.unsaved(**saying(slug, text, visibility)), []).lengths
    assert (fit.network, fit.visibility, fit.text_network) == (slug, visibility, slug)
    return fit


def rule_of(slug: str, visibility: str) -> LengthRule:
    can = next(one for one in all_networks() if one.slug == slug).capabilities
    return can.public_length if visibility == "public" else can.private_length


@pytest.mark.parametrize(("slug", "visibility"), WAYS)
def test_the_longest_text_that_fits_is_kept_and_one_character_more_is_not(
    slug: str, visibility: str, editor: User
) -> None:
    shortest = fit_of(editor, slug, "x", visibility).length
    longest = "x" * min(1 + shortest.left, LONGEST)  # which is as long as a canned response ever is
    assert shortest.used == len("x ^WWWW"), "the longest signature has its place"
    canned.create_canned(editor, name="a", shortcut="a", **saying(slug, longest, visibility))
    with pytest.raises(Invalid) as refused:
        canned.create_canned(editor, name="b", shortcut="b", **saying(slug, f"{longest}x", visibility))
    assert list(refused.value.errors) == ["texts.0.text"]
    assert len(longest) == LONGEST or fit_of(editor, slug, f"{longest}x", visibility).too_long


@pytest.mark.parametrize(("slug", "visibility"), WAYS)
def test_it_is_counted_as_that_network_counts(slug: str, visibility: str, editor: User) -> None:
    text = f"Zie https://www.vlotlijn.example.nl/een/lang/adres, @marit@sociaal.example.nl {FAMILY} é 日本"
    shown = fit_of(editor, slug, text, visibility).length
    counted = measure(text, rule_of(slug, visibility), signature=" ^WWWW")
    assert (shown.used, shown.unit, shown.bytes_used) == (counted.used, counted.unit, counted.bytes_used)


@pytest.mark.parametrize(("slug", "visibility"), WAYS)
def test_what_has_too_many_bytes_is_refused_where_bytes_are_limited_too(
    slug: str, visibility: str, editor: User
) -> None:
    rule = rule_of(slug, visibility)
    if rule.max_bytes is None:
        return
    many = FAMILY * (rule.max_bytes // 25)
    assert measure(many, rule).used < rule.limit
    with pytest.raises(Invalid, match="texts"):
        canned.create_canned(editor, name="b", shortcut="b", **saying(slug, many, visibility))


def test_a_server_that_takes_more_or_less_than_others_counts_by_its_own_limit(editor: User) -> None:
    long = saying("mastodon", "x" * 600, "")
    with pytest.raises(Invalid):
        canned.create_canned(editor, name="a", shortcut="a", **long)
    roomy = an_inbox(network="mastodon", name="Ruim", limits={"length": 5_000})
    kept = canned.create_canned(editor, name="a", shortcut="a", **long)
    assert canned.activate_canned(editor, kept.pk).state == "active"
    canned.withdraw_canned(editor, kept.pk)
    an_inbox(network="mastodon", name="Krap", own_id="2", limits={"length": 300})
    assert {fit.length.limit < 300 for fit in preview(editor, kept, []).lengths} == {True}, "the strictest counts"
    with pytest.raises(CannedBlocked):
        canned.activate_canned(editor, kept.pk)
    canned.change_canned(editor, kept.pk, inbox_ids=[roomy.pk])
    assert canned.activate_canned(editor, kept.pk).state == "active"
