"""The connectors end to end against the sandbox networks: real sockets, real signatures, real rules, every fault.

Here X; Facebook is in test_facebook_against_sandbox.py.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from connectors import errors
from connectors.base import Action, Change, ItemKind, Outgoing, OwnPost
from tests.connectors.sandbox.conftest import SandboxProcess
from tests.connectors.sandbox_company import Company, Desk, addressed, seen


@pytest.fixture
def x(sandbox: SandboxProcess) -> Company:
    return Company(sandbox, "x")


# --- X -------------------------------------------------------------------------------------------------------------


def test_x_says_who_we_are_and_that_all_is_well(x: Company) -> None:
    info = x.connector.check()
    assert (info.own_id, info.handle, info.problems) == (x.made["id"], x.handle, ())


def test_a_mention_is_read_answered_and_the_answer_is_on_x(x: Company) -> None:
    mention = x.customer("mention", f"@{x.handle} waar blijft mijn trein? <b>&amp; bus</b>", author="jan")
    items, cursor = x.read("mentions")
    item = addressed(items)[mention]
    assert (item.kind, item.text) == (ItemKind.MENTION, f"@{x.handle} waar blijft mijn trein? <b>&amp; bus</b>")
    assert item.author is not None
    assert (item.author.handle, item.reply_allowed, item.outgoing) == ("jan", True, False)
    sent = x.connector.send(
        Outgoing("Wij zoeken het uit ^JK", private=False, thread_id=item.thread_id, reply_to=mention)
    )
    assert x.on_the_network(sent.external_id)["text"].endswith("Wij zoeken het uit ^JK")
    own, _ = x.read("own_posts")
    echo = addressed(own)[sent.external_id]
    assert (echo.outgoing, echo.parent_id, echo.thread_id) == (True, mention, item.thread_id)
    assert x.read("mentions", cursor)[0] == []


def test_a_follow_up_below_our_answer_is_a_reply_in_the_same_thread(x: Company) -> None:
    mention = x.customer("mention", f"@{x.handle} hallo")
    sent = x.connector.send(Outgoing("Dag", private=False, thread_id=mention, reply_to=mention))
    reply = x.customer("reply", "dank u", in_reply_to=sent.external_id)
    item = addressed(x.read("mentions")[0])[reply]
    assert (item.kind, item.thread_id, item.parent_id) == (ItemKind.REPLY, mention, sent.external_id)


def test_many_pages_of_mentions_are_read_once_each_and_in_pieces(x: Company) -> None:
    rows = [{"text": f"@{x.handle} nummer {number}", "author": f"klant{number}"} for number in range(250)]
    made = x.sandbox.call(
        "POST", "/posts/bulk", {"network": "x", "account": x.handle, "kind": "mention", "posts": rows}
    )
    wanted = {result["id"] for result in made["results"]}
    first, cursor = x.read("mentions", calls=1)
    meanwhile = x.customer("mention", f"@{x.handle} tussendoor")
    rest, cursor = x.read("mentions", cursor)
    later, cursor = x.read("mentions", cursor)
    ids = [item.external_id for item in (*first, *rest, *later)]
    assert (set(ids), len(ids)) == (wanted | {meanwhile}, 251)
    assert x.read("mentions", cursor)[0] == []


def test_an_edit_keeps_the_message(x: Company) -> None:
    mention = x.customer("mention", f"@{x.handle} waar is mijn tren")
    _, cursor = x.read("mentions")
    x.sandbox.call("PATCH", f"/posts/{mention}", {"text": f"@{x.handle} waar is mijn trein"})
    (edit,), _ = x.read("mentions", cursor)
    assert (edit.change, edit.external_id, edit.text) == (Change.EDITED, mention, f"@{x.handle} waar is mijn trein")
    assert edit.revision not in ("", mention)


def test_a_private_message_is_read_and_answered_in_its_conversation(x: Company) -> None:
    message = x.customer("dm", "mijn nummer is 123", author="els")
    items, cursor = x.read("direct_messages")
    item = addressed(items)[message]
    assert item.author is not None
    sent = x.connector.send(
        Outgoing("Dank u ^JK", private=True, thread_id=item.thread_id, recipient=item.author.external_id)
    )
    answered, cursor = x.read("direct_messages", cursor)
    assert [(one.external_id, one.outgoing, one.thread_id) for one in answered] == [
        (sent.external_id, True, item.thread_id)
    ]
    assert sent.thread_id == item.thread_id


def test_the_first_private_message_to_somebody_who_wrote_in_public_opens_a_conversation(x: Company) -> None:
    mention = x.customer("mention", f"@{x.handle} help", author="piet")
    author = addressed(x.read("mentions")[0])[mention].author
    assert author is not None
    first = Outgoing(
        "Wij helpen",
        private=True,
        thread_id=mention,
        reply_to=mention,
        recipient=author.external_id,
        reply_to_public=True,
    )
    sent = x.connector.send(first)
    (item,), _ = x.read("direct_messages")
    assert (item.external_id, item.thread_id, item.outgoing) == (sent.external_id, sent.thread_id, True)
    found = x.connector.find_sent(first)
    assert found is not None
    assert found.external_id == sent.external_id


def test_what_the_company_types_in_the_app_is_seen_as_its_own(x: Company) -> None:
    mention = x.customer("mention", f"@{x.handle} hallo")
    typed = x.customer("reply", "Dag, met de app", origin="native", in_reply_to=mention)
    item = addressed(x.read("own_posts")[0])[typed]
    assert (item.outgoing, item.parent_id) == (True, mention)


def test_hiding_and_deleting(x: Company) -> None:
    sent = x.connector.send(Outgoing("Goedemorgen", private=False, thread_id=""))
    reply = x.customer("reply", "grof woord", in_reply_to=sent.external_id)
    for action in (Action.HIDE, Action.HIDE, Action.UNHIDE):
        x.connector.act(action, reply)
    for _ in range(2):
        x.connector.act(Action.DELETE, sent.external_id)
    x.sandbox.call("GET", f"/posts/{sent.external_id}", expect=404)


def test_a_post_of_our_own_answers_nobody_stands_in_the_square_and_is_found_again(x: Company) -> None:
    post = OwnPost("We zoeken uit waarom de treinen stilstaan.", submitted_at=datetime.now(UTC))
    assert x.connector.find_published(post) is None
    sent = x.connector.publish(post)
    there = x.on_the_network(sent.external_id)
    assert (there["text"], there["kind"], there["parent_id"]) == (post.text, "post", "")
    assert sent.url.endswith(f"/{sent.external_id}")
    found = x.connector.find_published(post)
    assert found is not None
    assert found.external_id == sent.external_id
    echo = addressed(x.read("own_posts")[0])[sent.external_id]
    assert (echo.outgoing, echo.parent_id, echo.kind) == (True, "", ItemKind.POST)
    with pytest.raises(errors.Duplicate):
        x.connector.publish(post)
    with pytest.raises(errors.InvalidContent):
        x.connector.publish(OwnPost("x" * 281))


def test_a_post_whose_answer_was_lost_is_there_once(x: Company) -> None:
    x.arm("timeout_after", "POST /x/2/tweets", seconds=1.0)
    post = OwnPost("De treinen rijden weer.", submitted_at=datetime.now(UTC))
    with pytest.raises(errors.OutcomeUnknown):
        x.connect(timeout=0.5).publish(post)
    assert x.connector.find_published(post) is not None


def test_the_same_words_twice_are_a_duplicate(x: Company) -> None:
    mention = x.customer("mention", f"@{x.handle} hallo")
    reply = Outgoing("Dag", private=False, thread_id=mention, reply_to=mention)
    x.connector.send(reply)
    with pytest.raises(errors.Duplicate):
        x.connector.send(reply)


def test_a_text_that_is_too_long_is_refused(x: Company) -> None:
    mention = x.customer("mention", f"@{x.handle} hallo")
    with pytest.raises(errors.InvalidContent):
        x.connector.send(Outgoing("字" * 141, private=False, thread_id=mention, reply_to=mention))


def test_webhook_and_poll_of_the_same_things_have_the_same_keys(
    x: Company, listening: Callable[[Company], Desk]
) -> None:
    desk = listening(x)
    mention = x.customer("mention", f"@{x.handle} kijk https://vlotlijn.nl/?a=1&b=2 & <b>")
    x.customer("dm", "privé & stil", author="els")
    sent = x.connector.send(Outgoing("Dag", private=False, thread_id=mention, reply_to=mention))
    x.customer("reply", "dank", in_reply_to=sent.external_id)
    x.customer("quote", "kijk nou", in_reply_to=sent.external_id, author="piet")
    told = {item.event_key: item for item in desk.items(5) if item.addressed}
    polled = [item for stream in ("mentions", "direct_messages", "own_posts", "quotes") for item in x.read(stream)[0]]
    read = {item.event_key: item for item in polled if item.addressed}
    assert told.keys() <= read.keys()
    assert len(told) == 5
    for key, item in told.items():
        assert seen(item) == seen(read[key])


# --- faults --------------------------------------------------------------------------------------------------------

READ = "GET /x/2/users"


def test_a_slow_network_is_waited_for(x: Company) -> None:
    mention = x.customer("mention", f"@{x.handle} hallo")
    x.arm("slow", READ, seconds=0.5)
    assert mention in addressed(x.read("mentions")[0])


def test_wrong_credentials_are_an_expired_authorisation(x: Company) -> None:
    for field in ("consumer_secret", "access_token", "access_token_secret"):
        credentials = {**x.made["credentials"], field: x.made["credentials"][field][:-1] + "?"}
        with pytest.raises(errors.AuthExpired):
            x.connect(credentials=credentials).check()


def test_the_real_limits_end_in_a_pause_with_a_time(sandbox: SandboxProcess) -> None:
    company = Company(sandbox, "x", rate_limits="real")
    rates = [company.connector.fetch("direct_messages", {}).rate for _ in range(15)]
    assert [rate.remaining for rate in rates if rate] == list(range(14, -1, -1))
    with pytest.raises(errors.RateLimited) as caught:
        company.connector.fetch("direct_messages", {})
    assert caught.value.retry_at is not None
