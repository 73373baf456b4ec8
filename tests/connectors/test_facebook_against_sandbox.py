"""The Facebook connector end to end against the sandbox: page, Messenger, webhooks, windows and every fault."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from connectors import errors
from connectors.base import Action, Change, Control, ItemKind, Outgoing, OwnPost
from tests.connectors.sandbox.conftest import SandboxProcess
from tests.connectors.sandbox_company import Company, Desk, addressed, seen


@pytest.fixture
def page(sandbox: SandboxProcess) -> Company:
    return Company(sandbox, "facebook")


def _comment(page: Company, text: str = "Waar blijft mijn bus?", **more: object) -> str:
    return page.customer("comment", text, **more)


def _person(page: Company, message_id: str, stream: str = "conversations") -> str:
    author = addressed(page.read(stream)[0])[message_id].author
    assert author is not None
    return author.external_id


def test_facebook_says_who_we_are_and_that_all_is_well(page: Company) -> None:
    info = page.connector.check()
    assert (info.own_id, info.handle, info.problems) == (page.made["id"], page.handle, ())


def test_a_comment_is_read_answered_liked_hidden_and_the_answer_is_on_facebook(page: Company) -> None:
    comment = _comment(page, author="jan")
    items, cursor = page.read("comments")
    item = addressed(items)[comment]
    assert item.author is not None
    assert (item.kind, item.text, item.author.name) == (ItemKind.COMMENT, "Waar blijft mijn bus?", "jan")
    assert item.parent_id == item.thread_id
    sent = page.connector.send(Outgoing("Wij zoeken het uit ^JK", False, item.thread_id, reply_to=comment))
    assert page.on_the_network(sent.external_id)["text"] == "Wij zoeken het uit ^JK"
    (echo,), cursor = page.read("comments", cursor)
    assert (echo.external_id, echo.outgoing, echo.parent_id) == (sent.external_id, True, comment)
    for action in (Action.LIKE, Action.LIKE, Action.UNLIKE, Action.HIDE, Action.HIDE, Action.UNHIDE):
        page.connector.act(action, comment)
    for _ in range(2):
        page.connector.act(Action.DELETE, comment)
    page.sandbox.call("GET", f"/posts/{comment}", expect=404)


def test_a_post_of_our_own_stands_on_the_page_and_is_found_again(page: Company) -> None:
    post = OwnPost("We zoeken uit waarom de bussen stilstaan.", submitted_at=datetime.now(UTC))
    assert page.connector.find_published(post) is None
    sent = page.connector.publish(post)
    there = page.on_the_network(sent.external_id)
    assert (there["text"], there["kind"]) == (post.text, "post")
    assert sent.url == f"https://www.facebook.com/{sent.external_id}"
    found = page.connector.find_published(post)
    assert found is not None
    assert found.external_id == sent.external_id
    assert addressed(page.read("feed")[0])[sent.external_id].outgoing
    with pytest.raises(errors.Duplicate):
        page.connector.publish(post)


def test_a_post_whose_answer_was_lost_is_on_the_page_once(page: Company) -> None:
    page.arm("timeout_after", "POST /facebook/.*/feed", seconds=1.0)
    post = OwnPost("De bussen rijden weer.", submitted_at=datetime.now(UTC))
    with pytest.raises(errors.OutcomeUnknown):
        page.connect(timeout=0.5).publish(post)
    assert page.connector.find_published(post) is not None


def test_posts_of_visitors_and_posts_that_tag_the_page_are_read(page: Company) -> None:
    visitor = page.customer("visitor_post", "Goede middag")
    tag = page.customer("mention", f"Met @{page.handle} op reis", author="els")
    feed, _ = page.read("feed")
    tagged, _ = page.read("tagged")
    assert addressed(feed)[visitor].kind is ItemKind.POST
    assert addressed(tagged)[tag].kind is ItemKind.MENTION
    assert tag not in addressed(feed)


def test_many_comments_below_many_posts_are_read_once_each_and_in_pieces(page: Company) -> None:
    posts = [page.customer("visitor_post", f"post {number}", author=f"v{number}") for number in range(3)]
    rows = [
        {"text": f"nummer {number}", "author": f"klant{number}", "in_reply_to": posts[number % 3]}
        for number in range(330)
    ]
    made = page.sandbox.call(
        "POST", "/posts/bulk", {"network": "facebook", "account": page.handle, "kind": "comment", "posts": rows}
    )
    wanted = {result["id"] for result in made["results"]}
    first, cursor = page.read("comments", calls=2)
    meanwhile = _comment(page, "tussendoor", in_reply_to=posts[0])
    rest, cursor = page.read("comments", cursor)
    later, cursor = page.read("comments", cursor)
    assert {item.external_id for item in (*first, *rest, *later)} == wanted | {meanwhile}
    assert page.read("comments", cursor)[0] == []


def test_many_conversations_are_read_once_each_and_in_pieces(page: Company) -> None:
    rows = [{"text": f"bericht {number}", "author": f"klant{number % 40}"} for number in range(120)]
    rows += [{"text": f"lang verhaal {number}", "author": "prater"} for number in range(50)]
    made = page.sandbox.call(
        "POST", "/posts/bulk", {"network": "facebook", "account": page.handle, "kind": "dm", "posts": rows}
    )
    wanted = {result["id"] for result in made["results"]}
    first, cursor = page.read("conversations", calls=1)
    meanwhile = page.customer("dm", "nog iets", author="klant39")
    rest, cursor = page.read("conversations", cursor)
    later, cursor = page.read("conversations", cursor)
    assert {item.external_id for item in (*first, *rest, *later)} == wanted | {meanwhile}


@pytest.mark.parametrize(
    ("kind", "stream"), [("dm", "conversations"), ("visitor_post", "feed"), ("comment", "comments")]
)
def test_what_was_said_within_a_second_keeps_its_order(page: Company, kind: str, stream: str) -> None:
    said = [page.customer(kind, f"zin {number}", author="prater") for number in range(12)]
    assert [item.external_id for item in page.read(stream)[0] if not item.outgoing] == said


def test_a_message_is_read_and_answered_in_its_thread(page: Company) -> None:
    message = page.customer("dm", "mijn nummer is 123", author="els")
    items, cursor = page.read("conversations")
    item = addressed(items)[message]
    assert item.author is not None
    reply = Outgoing(
        "Dank u ^JK",
        True,
        item.thread_id,
        recipient=item.author.external_id,
        last_inbound_at=item.created_at,
        now=datetime.now(UTC),
    )
    sent = page.connector.send(reply)
    assert sent.thread_id == item.thread_id == item.author.external_id
    (echo,), _ = page.read("conversations", cursor)
    assert (echo.external_id, echo.outgoing, echo.thread_id) == (sent.external_id, True, item.thread_id)
    found = page.connector.find_sent(reply)
    assert found is not None
    assert found.external_id == sent.external_id


def test_the_human_agent_tag_opens_the_second_window_and_nothing_opens_a_third(page: Company) -> None:
    asked_at = datetime.now(UTC) - timedelta(days=2)
    message = page.customer("dm", "hallo", author="els", created_at=asked_at.isoformat())
    person = _person(page, message)
    late = Outgoing("Dank u", True, person, recipient=person, last_inbound_at=asked_at, now=datetime.now(UTC))
    assert page.connector.send(late).external_id
    unaware = Outgoing("Dank u", True, person, recipient=person)
    with pytest.raises(errors.WindowClosed):
        page.connector.send(unaware)


def test_a_comment_is_answered_in_private_once_and_the_thread_opens_with_the_person(page: Company) -> None:
    comment = _comment(page, author="piet")
    item = addressed(page.read("comments")[0])[comment]
    assert item.author is not None
    first = Outgoing(
        "Stuur ons uw nummer",
        True,
        item.thread_id,
        reply_to=comment,
        recipient=item.author.external_id,
        reply_to_public=True,
    )
    sent = page.connector.send(first)
    assert sent.thread_id == item.author.external_id
    (message,), _ = page.read("conversations")
    assert (message.external_id, message.thread_id, message.outgoing) == (sent.external_id, sent.thread_id, True)
    with pytest.raises(errors.NotAllowedByPolicy):
        page.connector.send(first)
    with pytest.raises(errors.WindowClosed):
        page.connector.send(Outgoing("Nog iets", True, sent.thread_id, recipient=sent.thread_id))


def test_a_visitors_post_is_answered_in_private(page: Company) -> None:
    visitor = page.customer("visitor_post", "Goede middag", author="piet")
    first = Outgoing("Stuur ons uw nummer", True, visitor, reply_to=visitor, reply_to_public=True)
    assert page.connector.send(first).thread_id == _person(page, visitor, "feed")


def test_somebody_who_takes_no_messages_is_unavailable(page: Company) -> None:
    author = {"handle": "weg", "settings": {"unavailable": True}}
    comment = _comment(page, author=author)
    with pytest.raises(errors.RecipientUnavailable):
        page.connector.send(Outgoing("Hallo", True, "x", reply_to=comment, reply_to_public=True))


def test_whoever_answers_takes_the_conversation_over_from_another_app(
    page: Company, listening: Callable[[Company], Desk]
) -> None:
    desk = listening(page)
    message = page.customer("dm", "hallo", author={"handle": "gehouden", "settings": {"held_by_another_app": True}})
    told, held = desk.items(2)
    assert (told.external_id, told.text) == (message, "hallo")
    assert (held.kind, held.text, held.thread_id) == (ItemKind.CONTROL, Control.THEIRS, told.thread_id)
    for text in ("Dag", "Nog iets"):
        sent = page.connector.send(Outgoing(text, True, told.thread_id, recipient=told.thread_id))
        assert page.on_the_network(sent.external_id)["text"] == text


def test_a_conversation_that_may_not_be_taken_over_says_who_has_it(sandbox: SandboxProcess) -> None:
    page = Company(sandbox, "facebook", secondary_receiver=True)
    message = page.customer("dm", "hallo", author={"handle": "gehouden", "settings": {"held_by_another_app": True}})
    person = _person(page, message)
    with pytest.raises(errors.NotAllowedByPolicy, match="Another app has this conversation"):
        page.connector.send(Outgoing("Dag", True, person, recipient=person))


def test_webhook_and_poll_of_the_same_things_have_the_same_keys(
    page: Company, listening: Callable[[Company], Desk]
) -> None:
    desk = listening(page)
    visitor = page.customer("visitor_post", "Goede middag & <b>")
    comment = _comment(page, "ook goedemiddag 😀", in_reply_to=visitor, author="els")
    _comment(page, "en ik", in_reply_to=comment, author="piet")
    page.customer("dm", "privé", author="els")
    page.customer("mention", f"Met @{page.handle} op reis", author="els")
    page.connector.send(Outgoing("Dag", False, visitor, reply_to=comment))
    told = {item.event_key: item for item in desk.items(6)}
    polled = [item for stream in ("feed", "comments", "tagged", "conversations") for item in page.read(stream)[0]]
    read = {item.event_key: item for item in polled}
    assert told.keys() <= read.keys()
    assert len(told) == 6
    for key, item in told.items():
        assert seen(item) == seen(read[key])


def test_a_mention_that_came_without_its_author_and_a_new_name_on_messenger_are_completed(
    page: Company, listening: Callable[[Company], Desk]
) -> None:
    desk = listening(page)
    page.customer("mention", f"Met @{page.handle} op reis", author={"handle": "els", "name": "Els Smit"})
    page.customer("dm", "hallo", author={"handle": "piet", "name": "Piet Bos"})
    names = []
    for item in desk.items(2):
        assert item.author is None or item.author.name == ""
        author = page.connector.complete(item).author
        assert author is not None
        names.append(author.name)
    assert sorted(names) == ["Els Smit", "Piet Bos"]


def test_edits_and_deletions_are_told(page: Company, listening: Callable[[Company], Desk]) -> None:
    comment = _comment(page, "tikfuot")
    message = page.customer("dm", "tikfuot", author="els")
    desk = listening(page)
    page.sandbox.call("PATCH", f"/posts/{comment}", {"text": "tikfout"})
    page.sandbox.call("PATCH", f"/posts/{message}", {"text": "tikfout"})
    page.sandbox.call("DELETE", f"/posts/{comment}")
    told = desk.items(3)
    assert {(item.external_id, item.change, item.text) for item in told} == {
        (comment, Change.EDITED, "tikfout"),
        (message, Change.EDITED, "tikfout"),
        (comment, Change.DELETED, ""),
    }


def test_a_picture_that_was_sent_can_be_fetched(page: Company) -> None:
    message = page.customer("dm", "kijk", author="els", media=["een kapotte deur"])
    (attachment,) = addressed(page.read("conversations")[0])[message].attachments
    assert attachment.kind == "image"
    assert page.fetch(attachment.url).content_type.startswith("image/")


# --- faults --------------------------------------------------------------------------------------------------------


def test_a_wrong_secret_or_token_is_an_expired_authorisation(page: Company) -> None:
    for field in ("app_secret", "page_access_token"):
        credentials = {**page.made["credentials"], field: page.made["credentials"][field][:-1] + "?"}
        with pytest.raises(errors.AuthExpired):
            page.connect(credentials=credentials).check()


def test_the_budget_is_told(page: Company) -> None:
    rate = page.connector.fetch("feed", {}).rate
    assert rate is not None
    assert rate.limit == 100
    assert 0 <= (rate.remaining or 0) <= 100
