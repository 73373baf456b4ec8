"""X on the sandbox: quotes, a saved search, plans, long posts."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors import errors
from connectors.base import Action, ItemKind, Outgoing, OwnPost
from connectors.networks.x import X
from tests.connectors.sandbox.conftest import SandboxProcess
from tests.connectors.sandbox_company import Company, addressed


@pytest.fixture
def x(sandbox: SandboxProcess) -> Company:
    return Company(sandbox, "x")


def _with(company: Company, **options: str) -> Company:
    company.connector = company.connect(options=options)
    return company


def _another(x: Company) -> str:
    return Company(x.sandbox, "x").handle


# --- quotes --------------------------------------------------------------------------------------------------------


def test_who_quotes_a_post_of_ours_without_naming_us_is_found_by_poll_and_may_be_answered(x: Company) -> None:
    post = x.connector.publish(OwnPost("Wij rijden weer"))
    quote = x.customer("quote", "en nu nog op tijd", in_reply_to=post.external_id, author="piet")
    x.customer("quote", "van iets anders", in_reply_to=x.customer("mention", "hoi", author="els"), author="els")
    assert quote not in addressed(x.read("mentions")[0]), "X does not count a quote as a mention"
    items, cursor = x.read("quotes")
    found = addressed(items)
    assert set(found) == {quote}
    item = found[quote]
    assert (item.quotes, item.reply_allowed, item.kind) == (post.external_id, True, ItemKind.MENTION)
    assert [one.external_id for one in items if not one.addressed] == [post.external_id], "with what it quotes"
    assert x.read("quotes", cursor)[0] == []
    x.connector.send(Outgoing("Dank", private=False, thread_id=item.thread_id, reply_to=quote))


def test_nothing_is_searched_or_charged_where_nothing_was_posted_or_quoted(x: Company) -> None:
    assert x.connector.fetch("quotes", {}).cost == 0
    x.connector.publish(OwnPost("Goedemorgen"))
    first = x.connector.fetch("quotes", {})
    assert (first.items, first.cost) == ((), 0.001), "for one post of our own"
    assert x.connector.fetch("quotes", first.cursor).cost == 0, "which X charges for once in a day"


def test_an_outage_longer_than_x_searches_begins_again_at_what_it_still_tells(x: Company) -> None:
    old = int((datetime.now(UTC) - timedelta(days=9)).timestamp() * 1000)
    post = x.connector.publish(OwnPost("Wij rijden weer"))
    before = x.customer("quote", "lang geleden", in_reply_to=post.external_id, author="piet", created_at=old)
    quote = x.customer("quote", "gisteren", in_reply_to=post.external_id, author="els")
    items, cursor = x.read("quotes", {"mark": before})
    assert set(addressed(items)) == {quote}
    assert cursor["mark"] == quote


# --- a saved search ------------------------------------------------------------------------------------------------


def test_what_a_search_finds_is_only_looked_at_where_nobody_called_the_account(x: Company) -> None:
    _with(x, search="vlotlijn OR spoorchaos")
    found = x.customer("mention", "weer spoorchaos bij de buren", author="piet", account=_another(x))
    named = x.customer("mention", f"@{x.handle} is er spoorchaos?", author="els")
    items, cursor = x.read("search")
    told = {item.external_id: item for item in items}
    assert (told[found].kind, told[found].addressed, told[found].reply_allowed) == (ItemKind.FOUND, False, False)
    assert (told[named].kind, told[named].addressed, told[named].reply_allowed) == (ItemKind.MENTION, True, True)
    assert x.read("search", cursor)[0] == []
    with pytest.raises(errors.NotAllowedByPolicy):
        x.connector.send(Outgoing("Kunnen wij helpen?", private=False, thread_id=found, reply_to=found))


def test_each_post_that_is_found_is_charged_and_counted(x: Company) -> None:
    _with(x, search="duurbetaald")
    x.customer("mention", "weer duurbetaald", author="piet", account=_another(x))
    page = x.connector.fetch("search", {})
    assert page.reads == 1
    assert page.cost == pytest.approx(0.005 + 2 * 0.010), "the post, its author and whom it names"
    assert _with(x, search="duurbetaald", plan="pro").connector.fetch("search", {}).cost == 0


def test_of_what_was_said_before_a_search_was_saved_only_the_newest_page_is_read(x: Company) -> None:
    row = {"network": "x", "account": _another(x), "kind": "mention", "author": "piet"}
    rows = [{**row, "text": f"eerdergezegd {number}"} for number in range(130)]
    x.sandbox.call("POST", "/posts/bulk", {"posts": rows})
    page = _with(x, search="eerdergezegd").connector.fetch("search", {})
    assert (len(page.items), page.more) == (100, False)


def test_a_search_that_x_does_not_understand_says_so_and_stops_nothing_else(x: Company) -> None:
    _with(x, search="magic:words")
    with pytest.raises(errors.PermissionMissing, match="saved search"):
        x.connector.fetch("search", {})
    assert x.connector.fetch("mentions", {}).items == ()


def test_a_search_is_a_stream_only_of_who_saved_one() -> None:
    assert [one.name for one in X.streams_at({})] == ["mentions", "direct_messages", "own_posts", "quotes"]
    assert "search" in [one.name for one in X.streams_at({"search": "vlotlijn"})]


# --- plans ---------------------------------------------------------------------------------------------------------


def test_enterprise_answers_whom_a_search_found_and_likes(sandbox: SandboxProcess) -> None:
    x = _with(Company(sandbox, "x", tier="enterprise"), plan="enterprise", search="grootgebruik")
    found = x.customer("mention", "weer grootgebruik", author="piet", account=_another(x))
    item = next(item for item in x.read("search")[0] if item.external_id == found)
    assert (item.addressed, item.reply_allowed) == (True, True)
    x.connector.send(Outgoing("Kunnen wij helpen?", private=False, thread_id=found, reply_to=found))
    x.connector.act(Action.LIKE, found)
    assert x.on_the_network(found)["likes"] == 1
    x.connector.act(Action.UNLIKE, found)
    assert x.on_the_network(found)["likes"] == 0


@pytest.mark.parametrize("plan", ["", "pay_per_use", "basic", "pro", "enterprise", "unheard_of"])
def test_a_plan_says_what_there_is_how_often_and_how_much(plan: str) -> None:
    options = {"plan": plan}
    can, seconds = X.capabilities_at(options), {one.name: one.min_seconds for one in X.streams_at(options)}
    told = (can.charges, can.reads_per_month, Action.LIKE in can.actions, seconds["mentions"])
    of_plans: dict[str, tuple[bool, int | None, bool, float]] = {
        "basic": (False, 10_000, False, 90),
        "pro": (False, 1_000_000, False, 3),
        "enterprise": (False, None, True, 3),
    }
    assert told == of_plans.get(plan, (True, 3_000_000, False, 3))
    assert all(bool(one.item_cost) is can.charges for one in X.streams_at(options))
    assert seconds["direct_messages"] == (86_400 if plan == "basic" else 60)


# --- long posts ----------------------------------------------------------------------------------------------------


def test_who_subscribes_to_x_writes_long_posts_and_they_are_read_whole(sandbox: SandboxProcess) -> None:
    words = "Wij leggen het uit. " * 200
    x = Company(sandbox, "x", subscription="Premium")
    limits = x.connector.check().limits
    assert limits == {"subscription": "premium"}
    length = X.capabilities_at(limits).public_length
    assert (length.limit, length.unit) == (25_000, "weighted")
    mention = x.customer("mention", "leg eens uit", author="piet")
    asked = Outgoing(words, private=False, thread_id=mention, reply_to=mention)
    x.connector.send(asked)
    ours = next(item for item in x.read("own_posts")[0] if item.outgoing)
    assert ours.text.endswith(words.strip())
    assert x.connector.find_sent(asked) is not None, "found by all of its words"


def test_who_does_not_has_280(x: Company) -> None:
    assert X.capabilities_at(x.connector.check().limits).public_length.limit == 280
    mention = x.customer("mention", "leg eens uit", author="piet")
    with pytest.raises(errors.InvalidContent):
        x.connector.send(Outgoing("Wij leggen het uit. " * 200, False, mention, mention))
