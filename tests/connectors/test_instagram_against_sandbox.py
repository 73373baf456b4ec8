"""The Instagram connector end to end against the sandbox: comments, mentions, direct messages, windows, every fault."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from connectors import errors
from connectors.base import Action, Change, Item, ItemKind, Outgoing, OutgoingFile, OwnPost
from tests.connectors.sandbox.conftest import SandboxProcess
from tests.connectors.sandbox_company import Company, Desk, addressed, seen
from tests.files import PNG


@pytest.fixture
def ig(sandbox: SandboxProcess) -> Company:
    return Company(sandbox, "instagram")


def _media(ig: Company, text: str = "Goedemorgen") -> str:
    return ig.customer("post", text, origin="native")


def _comment(ig: Company, text: str = "Waar blijft mijn bus?", **more: object) -> str:
    return ig.customer("comment", text, **more)


def _person(ig: Company, message_id: str) -> str:
    author = addressed(ig.read("conversations")[0])[message_id].author
    assert author is not None
    return author.external_id


def _completed(ig: Company, items: list[Item]) -> dict[str, Item]:
    return {item.external_id: ig.connector.complete(item) for item in items}


def test_instagram_says_who_we_are_and_that_all_is_well(ig: Company) -> None:
    info = ig.connector.check()
    assert (info.own_id, info.handle, info.problems) == (ig.made["id"], ig.handle, ())


def test_what_the_token_lacks_is_said(sandbox: SandboxProcess) -> None:
    company = Company(sandbox, "instagram", missing_permissions=["instagram_manage_messages"])
    assert [sentence.split(":")[0] for sentence in company.connector.check().problems] == [
        "The token may not read direct messages"
    ]


def test_a_token_of_another_account_is_refused(ig: Company, sandbox: SandboxProcess) -> None:
    other = Company(sandbox, "instagram")
    credentials = {**ig.made["credentials"], "page_access_token": other.made["credentials"]["page_access_token"]}
    with pytest.raises(errors.AuthExpired):
        ig.connect(credentials={**credentials, "app_secret": other.made["credentials"]["app_secret"]}).check()


def test_a_comment_is_read_answered_hidden_and_the_answer_is_on_instagram(ig: Company) -> None:
    media = _media(ig)
    comment = _comment(ig, author="jan", in_reply_to=media)
    items, cursor = ig.read("comments")
    read = addressed(items)
    assert (read[media].outgoing, read[media].kind) == (True, ItemKind.POST)
    item = read[comment]
    assert item.author is not None
    assert (item.kind, item.text, item.author.handle) == (ItemKind.COMMENT, "Waar blijft mijn bus?", "jan")
    assert item.parent_id == item.thread_id == media
    sent = ig.connector.send(Outgoing("Wij zoeken het uit ^JK", False, media, reply_to=comment))
    assert ig.on_the_network(sent.external_id)["parent_id"] == comment
    (echo,), cursor = ig.read("comments", cursor)
    assert (echo.external_id, echo.outgoing, echo.parent_id) == (sent.external_id, True, comment)
    for action in (Action.HIDE, Action.HIDE, Action.UNHIDE):
        ig.connector.act(action, comment)
    for _ in range(2):
        ig.connector.act(Action.DELETE, comment)
    ig.sandbox.call("GET", f"/posts/{comment}", expect=404)


def test_an_answer_to_an_answer_stands_below_their_common_comment_and_one_to_nobody_below_the_media(
    ig: Company,
) -> None:
    media = _media(ig)
    comment = _comment(ig, in_reply_to=media)
    reply = _comment(ig, "ja, waar?", author="piet", in_reply_to=comment)
    for outgoing, parent in (
        (Outgoing("Hij komt zo", False, media, reply_to=reply), comment),
        (Outgoing("Alle bussen rijden weer", False, media, reply_to=media), media),
    ):
        sent = ig.connector.send(outgoing)
        assert ig.on_the_network(sent.external_id)["parent_id"] == parent
        found = ig.connector.find_sent(outgoing)
        assert found is not None
        assert found.external_id == sent.external_id


def test_many_comments_and_answers_are_read_once_each_and_in_pieces(ig: Company) -> None:
    media = [_media(ig, f"foto {number}") for number in range(2)]
    first = [_comment(ig, f"eerste {number}", in_reply_to=one) for number, one in enumerate(media)]
    rows = [
        {"text": f"nummer {number}", "author": f"klant{number}", "in_reply_to": (*media, first[0])[number % 3]}
        for number in range(210)
    ]
    made = ig.sandbox.call(
        "POST", "/posts/bulk", {"network": "instagram", "account": ig.handle, "kind": "comment", "posts": rows}
    )
    wanted = {result["id"] for result in made["results"]} | set(first)
    some, cursor = ig.read("comments", calls=2)
    meanwhile = _comment(ig, "tussendoor", in_reply_to=first[1])
    rest, cursor = ig.read("comments", cursor)
    later, cursor = ig.read("comments", cursor)
    told = {item.external_id for item in (*some, *rest, *later) if not item.outgoing}
    assert told == wanted | {meanwhile}
    assert ig.read("comments", cursor)[0] == []


def test_an_answer_below_an_old_comment_is_found(ig: Company) -> None:
    media = _media(ig)
    old = _comment(ig, "de oudste", in_reply_to=media)
    for number in range(60):
        _comment(ig, f"later {number}", author=f"klant{number}", in_reply_to=media)
    _, cursor = ig.read("comments")
    late = _comment(ig, "alsnog", author="piet", in_reply_to=old)
    items, _ = ig.read("comments", cursor)
    assert late in {item.external_id for item in items}


def test_a_mention_in_a_caption_and_one_in_a_comment_are_fetched_and_answered(
    ig: Company, listening: Callable[[Company], Desk]
) -> None:
    desk = listening(ig)
    caption = ig.customer("mention", f"Met @{ig.handle} op reis", author={"handle": "els", "followers": 5})
    comment = _comment(ig, f"@{ig.handle} klopt dat?", author="piet", in_reply_to=caption)
    told = desk.items(2)
    assert {item.text for item in told} == {""}
    whole = _completed(ig, told)
    assert {key: (item.text, item.author and item.author.handle) for key, item in whole.items()} == {
        caption: (f"Met @{ig.handle} op reis", "els"),
        comment: (f"@{ig.handle} klopt dat?", "piet"),
    }
    assert {item.kind for item in whole.values()} == {ItemKind.MENTION}
    for mention, parent in ((whole[caption], caption), (whole[comment], comment)):
        reply = Outgoing(
            f"Goede reis ({parent})", False, mention.thread_id, reply_to=mention.external_id,
            submitted_at=datetime.now(UTC),
        )  # fmt: skip
        sent = ig.connector.send(reply)
        assert ig.on_the_network(sent.external_id)["parent_id"] == parent
    with pytest.raises(errors.NotAllowedByPolicy):
        ig.connector.send(
            Outgoing("Dag", True, whole[comment].thread_id, reply_to=comment, recipient="1", reply_to_public=True)
        )


def test_media_in_which_we_are_tagged_are_read_once(ig: Company) -> None:
    tags = [ig.customer("tag", f"Op reis {number}", author="els", media=["een bus"]) for number in range(3)]
    items, cursor = ig.read("tags")
    assert [item.external_id for item in items] == tags
    assert {(item.kind, item.reply_allowed, len(item.attachments)) for item in items} == {(ItemKind.MENTION, False, 1)}
    assert ig.fetch(items[0].attachments[0].url).content_type.startswith("image/")
    assert ig.read("tags", cursor)[0] == []


def test_a_message_is_read_and_answered_in_its_thread(ig: Company) -> None:
    message = ig.customer("dm", "mijn nummer is 123", author="els", media=["een kaartje"])
    items, cursor = ig.read("conversations")
    item = addressed(items)[message]
    assert item.author is not None
    assert (item.author.handle, item.private, [one.kind for one in item.attachments]) == ("els", True, ["image"])
    reply = Outgoing(
        "Dank u ^JK", True, item.thread_id, recipient=item.author.external_id, last_inbound_at=item.created_at,
        now=datetime.now(UTC),
    )  # fmt: skip
    sent = ig.connector.send(reply)
    assert sent.thread_id == item.thread_id == item.author.external_id
    (echo,), _ = ig.read("conversations", cursor)
    assert (echo.external_id, echo.outgoing, echo.thread_id) == (sent.external_id, True, item.thread_id)
    found = ig.connector.find_sent(reply)
    assert found is not None
    assert found.external_id == sent.external_id


def test_a_file_goes_along_before_the_words(ig: Company) -> None:
    message = ig.customer("dm", "stuur eens", author="els")
    person = _person(ig, message)
    handle = ig.connector.upload(OutgoingFile(PNG, "image/png", "kaart.png"), private=True)
    sent = ig.connector.send(Outgoing("Alsjeblieft", True, person, recipient=person, media=(handle,)))
    assert [len(ig.on_the_network(one)["media"]) for one in (*sent.parts, sent.external_id)] == [1, 0]


def test_a_story_that_names_us_is_told_and_never_kept(ig: Company, listening: Callable[[Company], Desk]) -> None:
    desk = listening(ig)
    story = ig.customer("story_mention", "", author="els", media=["een verhaal"])
    (told,) = desk.items(1)
    (read,) = ig.read("conversations")[0]
    for item in (told, read):
        assert (item.external_id, item.private, item.text) == (story, True, "")
        assert [one.kind for one in item.attachments] == ["story"]
    assert told.event_key == read.event_key


def test_the_human_agent_tag_opens_the_second_window_and_nothing_opens_a_third(ig: Company) -> None:
    asked_at = datetime.now(UTC) - timedelta(days=2)
    message = ig.customer("dm", "hallo", author="els", created_at=asked_at.isoformat())
    person = _person(ig, message)
    late = Outgoing("Dank u", True, person, recipient=person, last_inbound_at=asked_at, now=datetime.now(UTC))
    assert ig.connector.send(late).external_id
    with pytest.raises(errors.WindowClosed) as caught:
        ig.connector.send(Outgoing("Dank u", True, person, recipient=person))
    assert "10/2534022" in caught.value.detail


def test_a_comment_is_answered_in_private_once_and_that_opens_no_window(ig: Company) -> None:
    comment = _comment(ig, author="piet")
    item = addressed(ig.read("comments")[0])[comment]
    assert item.author is not None
    first = Outgoing(
        "Stuur ons uw nummer", True, item.thread_id, reply_to=comment, recipient=item.author.external_id,
        reply_to_public=True, submitted_at=datetime.now(UTC),
    )  # fmt: skip
    sent = ig.connector.send(first)
    assert sent.thread_id == item.author.external_id
    (message,), _ = ig.read("conversations")
    assert (message.external_id, message.thread_id, message.outgoing) == (sent.external_id, sent.thread_id, True)
    found = ig.connector.find_sent(first)
    assert found is not None
    assert (found.external_id, found.thread_id) == (sent.external_id, sent.thread_id)
    with pytest.raises(errors.NotAllowedByPolicy):
        ig.connector.send(first)
    with pytest.raises(errors.WindowClosed):
        ig.connector.send(Outgoing("Nog iets", True, sent.thread_id, recipient=sent.thread_id))


def test_somebody_who_takes_no_messages_is_unavailable(ig: Company) -> None:
    comment = _comment(ig, author={"handle": "weg", "settings": {"unavailable": True}})
    with pytest.raises(errors.RecipientUnavailable):
        ig.connector.send(Outgoing("Hallo", True, "18", reply_to=comment, reply_to_public=True))


def test_webhook_and_poll_of_the_same_things_have_the_same_keys(
    ig: Company, listening: Callable[[Company], Desk]
) -> None:
    media = _media(ig)
    desk = listening(ig)
    comment = _comment(ig, "Goede middag & <b> 😀", in_reply_to=media, author="els")
    _comment(ig, "en ik", in_reply_to=comment, author="piet")
    ig.customer("dm", "privé", author="els")
    ig.connector.send(Outgoing("Dag", False, media, reply_to=comment))
    told = {item.event_key: item for item in desk.items(4)}
    read = {item.event_key: item for stream in ("comments", "conversations") for item in ig.read(stream)[0]}
    assert told.keys() <= read.keys()
    assert len(told) == 4
    for key, item in told.items():
        assert seen(item) == seen(read[key])


def test_a_new_person_is_introduced_with_name_and_reach(ig: Company, listening: Callable[[Company], Desk]) -> None:
    desk = listening(ig)
    ig.customer("dm", "hallo", author={"handle": "piet", "name": "Piet Bos", "followers": 1200, "verified": True})
    author = ig.connector.complete(desk.items(1)[0]).author
    assert author is not None
    assert (author.name, author.handle, author.followers, author.verified) == ("Piet Bos", "piet", 1200, True)


def test_a_message_that_is_edited_or_taken_back_is_told(ig: Company, listening: Callable[[Company], Desk]) -> None:
    one = ig.customer("dm", "tikfuot", author="els")
    two = ig.customer("dm", "vergeet dit", author="els")
    desk = listening(ig)
    ig.sandbox.call("PATCH", f"/posts/{one}", {"text": "tikfout"})
    ig.sandbox.call("DELETE", f"/posts/{two}")
    assert {(item.external_id, item.change, item.text) for item in desk.items(2)} == {
        (one, Change.EDITED, "tikfout"),
        (two, Change.DELETED, ""),
    }


def test_words_alone_are_no_post(ig: Company) -> None:
    with pytest.raises(errors.NotAllowedByPolicy):
        ig.connector.publish(OwnPost("Hallo allemaal"))


# --- faults --------------------------------------------------------------------------------------------------------
