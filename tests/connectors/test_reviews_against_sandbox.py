"""Reviews on Google, Google Play and in the App Store end to end against the sandbox: real tokens, rules and limits."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from connectors import errors
from connectors.base import Action, Change, Item, ItemKind, Outgoing, OwnPost
from tests.connectors.sandbox.conftest import SandboxProcess
from tests.connectors.sandbox_company import Company

NETWORKS = ("google_business", "google_play", "app_store")


@pytest.fixture(params=NETWORKS)
def company(sandbox: SandboxProcess, request: pytest.FixtureRequest) -> Company:
    return Company(sandbox, request.param)


@pytest.fixture
def only(sandbox: SandboxProcess) -> Callable[..., Company]:
    """A company on one of the three."""
    return lambda slug, **settings: Company(sandbox, slug, **settings)


def _review(company: Company, text: str, author: object = "jan", **more: Any) -> str:
    """The sandbox's id of a new one."""
    return company.customer("review", text, author, **more)


def _named(company: Company, review: str) -> str:
    """Our id of it."""
    return f"{company.made['id']}:{review}" if company.slug == "google_business" else review


def _answer(company: Company, review: str, text: str, **more: Any) -> Outgoing:
    given = {"private": False, "thread_id": _named(company, review), "reply_to": _named(company, review)}
    return Outgoing(text, **{**given, **more})


def _edit(company: Company, post: str, text: str) -> None:
    company.sandbox.call("PATCH", f"/posts/{post}", {"text": text})


# --- reading -----------------------------------------------------------------------------------------------------


def test_it_says_who_we_are(company: Company) -> None:
    info = company.connector.check()
    assert (info.own_id, info.problems) == (company.made["id"], ())
    assert info.handle


def test_a_review_is_read_with_its_stars_and_its_author(company: Company) -> None:
    review = _review(company, "★★ Trage app\nDe <b>app</b> loopt vast", author={"handle": "jan", "name": "Jan de Boer"})
    (item,), cursor = company.read("reviews")
    assert (item.kind, item.external_id, item.rating) == (ItemKind.REVIEW, _named(company, review), 2)
    assert item.text.split() == ["Trage", "app", "De", "<b>app</b>", "loopt", "vast"]
    assert item.author is not None
    assert (item.author.name, item.private, item.addressed, item.outgoing) == ("Jan de Boer", False, True, False)
    again, _ = company.read("reviews", cursor)
    assert [one.event_key for one in again] == [item.event_key]  # known by its key, whenever it is told


def test_a_review_that_is_written_anew_is_an_edit_with_the_time_of_it(company: Company) -> None:
    review = _review(company, "★ Slecht")
    (before,), cursor = company.read("reviews")
    _edit(company, review, "★★★★ Toch goed geholpen")
    items, _ = company.read("reviews", cursor)
    after = items[-1]
    assert (after.external_id, after.rating, after.text) == (before.external_id, 4, "Toch goed geholpen")
    assert after.change is Change.EDITED
    assert after.changed_at is not None
    assert after.changed_at > before.created_at
    assert after.event_key != before.event_key


def test_only_other_stars_are_an_edit_too(company: Company) -> None:
    review = _review(company, "★ Kaartje kopen lukt niet")
    (before,), cursor = company.read("reviews")
    _edit(company, review, "★★★ Kaartje kopen lukt niet")
    items, _ = company.read("reviews", cursor)
    assert (items[-1].rating, items[-1].text) == (3, before.text)
    assert items[-1].event_key != before.event_key


def test_every_page_is_read_down_to_what_is_known(company: Company) -> None:
    began = datetime.now(UTC) - timedelta(minutes=500)
    rows = [
        {
            "author": f"klant{number}",
            "text": f"Bericht {number}",
            "created_at": (began + timedelta(minutes=number)).isoformat(),
        }
        for number in range(410)
    ]
    bulk = {"network": company.slug, "account": company.handle, "kind": "review", "posts": rows}
    company.sandbox.call("POST", "/posts/bulk", bulk)
    items, cursor = company.read("reviews")
    assert len({item.external_id for item in items}) == 410
    _review(company, "De nieuwste", author="iemand")
    more, _ = company.read("reviews", cursor)
    assert {item.text for item in more} == {"Bericht 409", "De nieuwste"}


def test_somebody_who_connects_an_old_shop_gets_no_ten_years_of_reviews(only: Callable[..., Company]) -> None:
    shop = only("google_business")
    old = (datetime.now(UTC) - timedelta(days=400)).isoformat()
    rows = [{"author": f"klant{number}", "text": f"Oud {number}", "created_at": old} for number in range(60)]
    bulk = {"network": shop.slug, "account": shop.handle, "kind": "review", "posts": rows}
    shop.sandbox.call("POST", "/posts/bulk", bulk)
    page = shop.connector.fetch("reviews", {})
    assert (len(page.items), page.more) == (50, False)  # the page on which the end was met, and no more


def test_a_reading_begins_at_the_moment_that_is_asked_for(company: Company) -> None:
    now = datetime.now(UTC)
    for hours in (50, 20, 1):
        _review(company, f"{hours} uur geleden", f"klant{hours}", created_at=(now - timedelta(hours=hours)).isoformat())
    cursor = company.connector.cursor_at("reviews", now - timedelta(hours=24))  # type: ignore[attr-defined]  # networks of reviews have it
    items, _ = company.read("reviews", cursor)
    assert [item.text for item in items] == ["20 uur geleden", "1 uur geleden"]


# --- answering ---------------------------------------------------------------------------------------------------


def test_an_answer_stands_below_the_review_and_a_second_takes_its_place(company: Company) -> None:
    review = _review(company, "★ Slecht")
    company.read("reviews")
    first = company.connector.send(_answer(company, review, "Wat vervelend ^JK"))
    second = company.connector.send(_answer(company, review, "Het is verholpen ^JK"))
    assert first.external_id == second.external_id == Item.answer_id(_named(company, review))
    posts = company.sandbox.call("GET", f"/posts?network={company.slug}&account={company.handle}")["posts"]
    assert [one["text"] for one in posts if one["author"]["company"]] == ["Het is verholpen ^JK"]
    items, _ = company.read("reviews")
    answer = items[-1]
    assert (answer.outgoing, answer.parent_id, answer.text) == (True, _named(company, review), "Het is verholpen ^JK")
    assert answer.external_id == first.external_id


def test_what_was_typed_elsewhere_is_seen_below_reviews_of_long_ago(company: Company) -> None:
    review = _review(company, "★ Slecht")
    company.read("reviews")
    _, look = company.read("changes")
    row = {"network": company.slug, "account": company.handle, "kind": "reply", "origin": "native", "text": "Excuses"}
    company.sandbox.call("POST", "/posts", {**row, "in_reply_to": review})
    items, look = company.read("changes", look)
    assert [(one.text, one.outgoing) for one in items if one.outgoing] == [("Excuses", True)]
    assert company.read("changes", look)[0] == []


def test_a_lost_answer_is_found_and_another_is_not_taken_for_it(company: Company) -> None:
    review = _review(company, "★ Slecht")
    company.read("reviews")
    message = _answer(company, review, "Wat vervelend", submitted_at=datetime.now(UTC))
    assert company.connector.find_sent(message) is None
    company.arm("timeout_after", "(POST|PUT)", seconds=0.2)
    with pytest.raises(errors.OutcomeUnknown):
        company.connector.send(message)
    found = company.connector.find_sent(message)
    assert found is not None
    assert found.external_id == Item.answer_id(_named(company, review))
    assert company.connector.find_sent(_answer(company, review, "Iets anders")) is None


def test_the_longest_answer_is_taken_and_one_letter_more_is_not(company: Company) -> None:
    review = _review(company, "★ Slecht")
    rule = company.connector.capabilities.public_length
    longest = "é" * (rule.limit // 2) if rule.unit == "bytes" else "é" * rule.limit
    company.connector.send(_answer(company, review, longest))
    with pytest.raises(errors.InvalidContent) as refused:
        company.connector.send(_answer(company, review, longest + "é"))
    assert refused.value.limit == rule.limit


def test_nothing_is_said_in_private_or_without_a_review(company: Company) -> None:
    review = _review(company, "★ Slecht")
    with pytest.raises(errors.NotAllowedByPolicy):
        company.connector.send(_answer(company, review, "Stil", private=True))
    with pytest.raises(errors.NotAllowedByPolicy):
        company.connector.publish(OwnPost("Hallo allemaal"))
    with pytest.raises(errors.NotAllowedByPolicy):
        company.connector.act(Action.DELETE, _named(company, review))


# --- what is gone ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["google_business", "app_store"])
def test_a_review_and_an_answer_that_are_gone_are_told(only: Callable[..., Company], slug: str) -> None:
    company = only(slug)
    gone, kept = _review(company, "★ Slecht", author="jan"), _review(company, "★★★★★ Top", author="mia")
    company.connector.send(_answer(company, kept, "Dank!"))
    company.read("reviews")
    _, look = company.read("changes")
    company.sandbox.call("DELETE", f"/posts/{gone}")
    company.connector.act(Action.DELETE, Item.answer_id(_named(company, kept)))
    company.connector.act(Action.DELETE, Item.answer_id(_named(company, kept)))  # harmless
    items, look = company.read("changes", look)
    deleted = {one.external_id: one for one in items if one.change is Change.DELETED}
    assert set(deleted) == {_named(company, gone), Item.answer_id(_named(company, kept))}
    assert company.read("changes", look)[0] == []
    with pytest.raises(errors.NotFound):
        company.connector.send(_answer(company, gone, "Te laat"))


def test_google_play_takes_no_answer_back_and_forgets_after_a_week(only: Callable[..., Company]) -> None:
    app = only("google_play")
    week_old = (datetime.now(UTC) - timedelta(days=8)).isoformat()
    _review(app, "★ Oud", created_at=week_old)
    review = _review(app, "★ Slecht", author="mia")
    assert [item.text for item in app.read("reviews")[0]] == ["Slecht"]
    with pytest.raises(errors.NotAllowedByPolicy):
        app.connector.act(Action.DELETE, Item.answer_id(review))


# --- of one network ----------------------------------------------------------------------------------------------


def test_the_app_store_tells_where_an_answer_stands(only: Callable[..., Company]) -> None:
    app = only("app_store", publish_seconds=3600)
    review = _review(app, "★ Slecht")
    app.connector.send(_answer(app, review, "Wat vervelend"))
    items, _ = app.read("reviews")
    assert items[-1].about == {"publication": "pending"}
    _, look = app.read("changes")
    app.sandbox.call(
        "POST", "/accounts", {"network": app.slug, "handle": app.handle, "settings": {"publish_seconds": 0}}
    )
    items, _ = app.read("changes", look)
    assert [one.about for one in items if one.outgoing] == [{"publication": "published"}]


def test_google_tells_that_an_answer_is_refused(only: Callable[..., Company]) -> None:
    shop = only("google_business", replies="REJECTED")
    review = _review(shop, "★ Slecht")
    shop.connector.send(_answer(shop, review, "Bel 06-12345678"))
    assert shop.read("reviews")[0][-1].about == {"publication": "refused"}


def test_google_play_tells_version_device_and_language(only: Callable[..., Company]) -> None:
    app = only("google_play")
    told = {"app_version": "8.1.0", "device": "Pixel 9", "language": "en"}
    _review(app, "★ Crashes", author={"handle": "jan", "settings": told})
    (item,), _ = app.read("reviews")
    assert item.language == "en"
    assert item.about == {"app_version": "8.1.0", "device": "Pixel 9", "system": "Android API 35"}


def test_the_app_store_tells_the_country_and_what_is_left_of_the_hour(only: Callable[..., Company]) -> None:
    app = only("app_store")
    _review(app, "★ Titel\nWoorden", author={"handle": "jan", "settings": {"country": "BEL"}})
    (item,), _ = app.read("reviews")
    assert (item.text, item.about) == ("Titel\n\nWoorden", {"country": "BEL"})
    rate = app.connector.rate  # type: ignore[attr-defined]  # networks of reviews have it
    assert rate.limit == 3_500
    assert 3_400 < rate.remaining < 3_500


def test_several_places_are_read_as_one_and_answered_each(only: Callable[..., Company]) -> None:
    one, other = only("google_business"), only("google_business", rate_limits="off")
    both = f"{one.made['id']}, {other.made['id']}"
    shared = {**one.made["credentials"], "location_ids": both}
    for shop in (one, other):
        wish = {"network": shop.slug, "handle": shop.handle, "credentials": {**shop.made["credentials"]}}
        shop.sandbox.call(
            "POST",
            "/accounts",
            {**wish, "credentials": {**shop.made["credentials"], "account_id": shared["account_id"]}},
        )
    one.sandbox.call("POST", "/accounts", {"network": one.slug, "handle": one.handle, "credentials": shared})
    reviews = {_review(one, "★ Hier"): one, _review(other, "★★ Daar"): other}
    one.connector = one.connect(credentials=shared)
    items, _ = one.read("reviews")
    assert {item.external_id for item in items} == {_named(shop, review) for review, shop in reviews.items()}
    assert {item.about["place"] for item in items} == {one.made["id"], other.made["id"]}
    for review, shop in reviews.items():
        one.connector.send(_answer(shop, review, "Dank"))
    assert one.connector.check().own_id == shared["account_id"]


# --- who asks ----------------------------------------------------------------------------------------------------


def test_a_service_account_opens_google_play(sandbox: SandboxProcess) -> None:
    key = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    info = {"type": "service_account", "client_email": "balie@sandbox.invalid", "private_key": key.decode(),
            "private_key_id": "1", "token_uri": "https://elders.example/token"}  # fmt: skip
    wish = {"network": "google_play", "handle": "dienst", "credentials": {"service_account": json.dumps(info)}}
    app = Company(sandbox, "google_play")
    app.made = sandbox.call("POST", "/accounts", wish)
    app.handle, app.connector = "dienst", app.connect(credentials=app.made["credentials"], own_id=app.made["id"])
    assert app.connector.check().own_id == app.made["id"]
    assert "client_id" not in app.made["credentials"]


@pytest.mark.parametrize("key", ["{", "[]", "{}", '{"client_email": "a@b", "private_key": "x"}', "null", "\ud800"])
def test_a_broken_service_account_is_told_as_such(sandbox: SandboxProcess, key: str) -> None:
    app = Company(sandbox, "google_play")
    app.connector = app.connect(credentials={**app.made["credentials"], "service_account": key})
    with pytest.raises(errors.AuthExpired):
        app.connector.check()


def test_an_hour_that_ends_early_costs_nothing_and_a_revoked_grant_does(only: Callable[..., Company]) -> None:
    app = only("google_play")
    app.connector.check()
    fresh = app.sandbox.call("POST", "/accounts", {"network": app.slug, "handle": app.handle, "rotate": True})
    with pytest.raises(errors.AuthExpired):
        app.connector.check()
    app.connector = app.connect(credentials=fresh["credentials"])
    app.connector.check()
    app.arm("unauthorized", "GET", account=app.made["id"])
    with pytest.raises(errors.AuthExpired):
        app.connector.check()
    app.connector.check()


@pytest.mark.parametrize(("field", "value"), [("private_key", "niets"), ("key_id", "ABC"), ("issuer_id", "x")])
def test_a_key_that_is_wrong_is_told_as_such(only: Callable[..., Company], field: str, value: str) -> None:
    app = only("app_store")
    app.connector = app.connect(credentials={**app.made["credentials"], field: value})
    with pytest.raises(errors.AuthExpired) as refused:
        app.connector.check()
    assert app.made["credentials"]["private_key"] not in str(refused.value) + refused.value.detail


def test_a_key_whose_lines_a_form_has_taken_out_is_read(only: Callable[..., Company]) -> None:
    app = only("app_store")
    flat = app.made["credentials"]["private_key"].replace("\n", "")
    app.connector = app.connect(credentials={**app.made["credentials"], "private_key": flat})
    assert app.connector.check().own_id == app.made["id"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("rate_limit", errors.RateLimited),
        ("rate_limit_without_reset", errors.RateLimited),
        ("unauthorized", errors.AuthExpired),
        ("payment_required", errors.QuotaExhausted),
        ("forbidden", errors.PermissionMissing),
        ("server_error_json", errors.Transient),
        ("server_error_html", errors.Transient),
        ("timeout_before", errors.Transient),
        ("truncated_json", errors.Unreadable),
        ("malformed_json", errors.Unreadable),
    ],
)
def test_every_fault_is_one_of_our_errors(company: Company, kind: str, expected: type[errors.NetworkError]) -> None:
    company.connector.check()
    params: dict[str, Any] = {"seconds": 0.2} if kind == "timeout_before" else {}
    company.arm(kind, "GET", account=company.made["id"], **params)
    with pytest.raises(expected):
        company.connector.fetch("reviews", {})
    assert company.read("reviews") is not None
