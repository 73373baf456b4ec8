"""Bluesky end to end against the sandbox network: real sessions, real rules, every fault."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors import errors
from connectors.base import Action, Change, Item, ItemKind, Outgoing, OutgoingFile, OwnPost
from connectors.bluesky_api import BlueskyApi
from connectors.sandbox.pictures import picture
from tests.connectors.sandbox.conftest import SandboxProcess
from tests.connectors.sandbox_company import Company, addressed
from tests.files import mp4_of_a_telephone


@pytest.fixture
def bluesky(sandbox: SandboxProcess) -> Company:
    return Company(sandbox, "bluesky")


def _mention(bluesky: Company, text: str = "waar blijft mijn trein?", **more: Any) -> Item:
    made = bluesky.customer("mention", text, **more)
    return addressed(bluesky.read("mentions")[0])[made]


def _answer(item: Item, text: str = "Wij zoeken het uit ^JK", **more: Any) -> Outgoing:
    return Outgoing(text, private=False, thread_id=item.thread_id, reply_to=item.external_id, **more)


def _requests(bluesky: Company, ending: str) -> list[dict[str, Any]]:
    log = bluesky.sandbox.call("GET", "/requests")["requests"]
    return [one for one in log if one["path"].endswith(ending)]


def test_it_says_who_we_are_and_that_all_is_well(bluesky: Company) -> None:
    info = bluesky.connector.check()
    handle = f"{bluesky.handle}.bsky.social"
    assert (info.own_id, info.handle, info.problems) == (bluesky.made["id"], handle, ())


@pytest.mark.trap(49)
def test_a_password_without_the_right_to_see_messages_is_told_and_the_rest_works(sandbox: SandboxProcess) -> None:
    bluesky = Company(sandbox, "bluesky", privileged=False)
    (problem,) = bluesky.connector.check().problems
    assert "direct messages" in problem
    with pytest.raises(errors.PermissionMissing):
        bluesky.connector.fetch("direct_messages", {})
    assert _mention(bluesky).text.endswith("waar blijft mijn trein?")


def test_a_mention_is_read_answered_and_the_answer_is_there(bluesky: Company) -> None:
    item = _mention(bluesky, "waar blijft mijn trein? <b>&amp; bus</b>", author={"handle": "jan", "followers": 812})
    assert (item.kind, item.text) == (
        ItemKind.MENTION,
        f"@{bluesky.handle}.bsky.social waar blijft mijn trein? <b>&amp; bus</b>",
    )
    assert item.author is not None
    assert (item.author.handle, item.author.followers, item.outgoing) == ("jan.bsky.social", 812, False)
    sent = bluesky.connector.send(_answer(item))
    assert bluesky.on_the_network(sent.external_id)["parent_id"] == item.external_id
    echo = addressed(bluesky.read("own_posts")[0])[sent.external_id]
    assert (echo.outgoing, echo.parent_id, echo.thread_id) == (True, item.external_id, item.thread_id)


def test_a_follow_up_hangs_below_our_answer_in_the_same_thread_and_brings_it_as_context(bluesky: Company) -> None:
    mention = _mention(bluesky)
    sent = bluesky.connector.send(_answer(mention))
    reply = bluesky.customer("reply", "dank u", in_reply_to=sent.external_id)
    items, _ = bluesky.read("mentions")
    item = addressed(items)[reply]
    assert (item.kind, item.thread_id, item.parent_id) == (ItemKind.REPLY, mention.thread_id, sent.external_id)
    context = {one.external_id: one for one in items if not one.addressed}
    assert context[sent.external_id].outgoing
    again = bluesky.connector.send(_answer(item, "Graag gedaan"))
    assert again.thread_id == mention.thread_id


def test_a_quote_is_a_mention_with_what_it_quotes_beside_it(bluesky: Company) -> None:
    sent = bluesky.connector.publish(OwnPost("De treinen rijden weer."))
    quote = bluesky.customer("quote", "ja hoor", in_reply_to=sent.external_id, author="piet")
    items, _ = bluesky.read("mentions")
    assert addressed(items)[quote].kind is ItemKind.MENTION
    assert [one.external_id for one in items if not one.addressed] == [sent.external_id]


@pytest.mark.trap(43)
def test_a_mention_without_a_facet_reaches_nobody_and_ours_have_one(bluesky: Company) -> None:
    item = _mention(bluesky)
    text = "Dag @jan.bsky.social 🚂, zie https://vlotlijn.nl/a. Niet @niemand.example"
    sent = bluesky.connector.send(_answer(item, text))
    facets = _record(bluesky, sent.external_id)["facets"]
    marked = [text.encode()[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode() for one in facets]
    assert marked == ["@jan.bsky.social", "https://vlotlijn.nl/a"]
    assert facets[0]["features"][0]["did"] == item.author.external_id if item.author else False


def _record(bluesky: Company, address: str) -> dict[str, Any]:
    asked = {"repo": bluesky.made["id"], "collection": "app.bsky.feed.post", "rkey": address.rpartition("/")[2]}
    found: dict[str, Any] = _direct(bluesky).read("com.atproto.repo.get_record", asked)["value"]
    return found


def _direct(bluesky: Company) -> BlueskyApi:
    """The same account, asked without the connector."""
    connector: Any = bluesky.connector
    found: BlueskyApi = connector._api
    return found


def test_many_pages_of_mentions_are_read_once_each_and_in_pieces(bluesky: Company) -> None:
    rows = [{"text": f"nummer {number}", "author": f"klant{number}"} for number in range(130)]
    body = {"network": "bluesky", "account": bluesky.handle, "kind": "mention", "posts": rows}
    wanted = {result["id"] for result in bluesky.sandbox.call("POST", "/posts/bulk", body)["results"]}
    first, cursor = bluesky.read("mentions", calls=1)
    meanwhile = bluesky.customer("mention", "tussendoor")
    rest, cursor = bluesky.read("mentions", cursor)
    later, cursor = bluesky.read("mentions", cursor)
    ids = [item.external_id for item in (*first, *rest, *later)]
    assert (set(ids), len(ids)) == (wanted | {meanwhile}, 131)
    assert bluesky.read("mentions", cursor)[0] == []


def test_a_mention_that_claims_to_be_older_than_what_is_known_is_read_all_the_same(bluesky: Company) -> None:
    bluesky.customer("mention", "eerst")
    _, cursor = bluesky.read("mentions")
    old = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    claimed = bluesky.customer("mention", "uit het verleden", created_at=old)
    (item,), _ = bluesky.read("mentions", cursor)
    assert item.external_id == claimed


def test_a_post_that_is_deleted_is_missed(bluesky: Company) -> None:
    gone, stays = bluesky.customer("mention", "weg ermee"), bluesky.customer("mention", "blijft")
    nothing, cursor = bluesky.read("deletions")
    bluesky.sandbox.call("DELETE", f"/posts/{gone}")
    (item,), cursor = bluesky.read("deletions", cursor)
    assert (nothing, item.change, item.external_id) == ([], Change.DELETED, gone)
    assert bluesky.read("deletions", cursor)[0] == []
    assert stays in addressed(bluesky.read("mentions")[0])


def test_how_a_post_is_marked_later_is_told_and_that_it_is_no_more(bluesky: Company) -> None:
    before = bluesky.customer("mention", "van vroeger", author="piet")
    _, cursor = bluesky.read("deletions")
    post = bluesky.customer("mention", "koop nu", author="jan")
    plain = addressed(bluesky.read("mentions")[0])[post]
    assert bluesky.read("deletions", cursor)[0] == []
    for labels, told in ((["spam"], "spam"), ([], "")):
        for handle in ("jan", "piet"):
            bluesky.customer("dm", "…", author={"handle": handle, "settings": {"labels": labels}})
        found, cursor = bluesky.read("deletions", cursor)
        assert {(item.external_id, item.about["labels"]) for item in found if item.addressed} == {(post, told)}
        assert (found[0].text, found[0].author, found[0].change) == (plain.text, plain.author, plain.change)
        assert found[0].event_key != plain.event_key
        assert bluesky.read("deletions", cursor)[0] == [], "once"
    assert before


def test_a_private_message_is_read_answered_and_taken_back(bluesky: Company) -> None:
    before = bluesky.customer("dm", "mijn nummer is 123", author="els")
    items, cursor = bluesky.read("direct_messages")
    item = addressed(items)[before]
    assert item.author is not None
    assert (item.author.handle, item.private) == ("els.bsky.social", True)
    sent = bluesky.connector.send(
        Outgoing("Dank u ^JK", private=True, thread_id=item.thread_id, recipient=item.author.external_id)
    )
    after = bluesky.customer("dm", "en nu?", author="els")
    bluesky.sandbox.call("DELETE", f"/posts/{sent.external_id}")
    told, cursor = bluesky.read("direct_messages", cursor)
    assert [(one.external_id, one.change) for one in told if one.change is Change.CREATED] == [
        (sent.external_id, Change.CREATED),
        (after, Change.CREATED),
    ]
    assert [one.external_id for one in told if one.change is Change.DELETED] == [sent.external_id]
    assert bluesky.read("direct_messages", cursor)[0] == []


def test_the_first_private_message_to_somebody_who_wrote_in_public_opens_a_conversation(bluesky: Company) -> None:
    _, cursor = bluesky.read("direct_messages")
    item = _mention(bluesky, author="piet")
    assert item.author is not None
    first = Outgoing(
        "Wij helpen",
        private=True,
        thread_id=item.thread_id,
        reply_to=item.external_id,
        recipient=item.author.external_id,
        reply_to_public=True,
    )
    sent = bluesky.connector.send(first)
    (echo,), _ = bluesky.read("direct_messages", cursor)
    assert (echo.external_id, echo.thread_id, echo.outgoing) == (sent.external_id, sent.thread_id, True)
    found = bluesky.connector.find_sent(first)
    assert found is not None
    assert found.external_id == sent.external_id


def test_somebody_who_takes_no_messages_can_not_be_reached(bluesky: Company) -> None:
    item = _mention(bluesky, author={"handle": "dicht", "settings": {"unavailable": True}})
    assert item.author is not None
    first = Outgoing("Dag", private=True, thread_id="", recipient=item.author.external_id, reply_to_public=True)
    with pytest.raises(errors.RecipientUnavailable):
        bluesky.connector.send(first)


@pytest.mark.trap(46)
def test_hiding_liking_and_deleting(bluesky: Company) -> None:
    sent = bluesky.connector.publish(OwnPost("Goedemorgen"))
    reply, other = (bluesky.customer("reply", f"grof {n}", in_reply_to=sent.external_id) for n in range(2))
    for action, hidden in ((Action.HIDE, True), (Action.HIDE, True), (Action.UNHIDE, False), (Action.UNHIDE, False)):
        bluesky.connector.act(action, reply)
        assert bluesky.on_the_network(reply)["hidden"] is hidden
    bluesky.connector.act(Action.HIDE, other)
    bluesky.connector.act(Action.HIDE, reply)
    gate = _gate(bluesky, sent.external_id)
    assert (set(gate["hiddenReplies"]), "allow" in gate) == ({reply, other}, False)
    for action, likes in ((Action.LIKE, 1), (Action.LIKE, 1), (Action.UNLIKE, 0), (Action.UNLIKE, 0)):
        bluesky.connector.act(action, reply)
        assert bluesky.on_the_network(reply)["likes"] == likes
    for _ in range(2):
        bluesky.connector.act(Action.DELETE, sent.external_id)
    bluesky.sandbox.call("GET", f"/posts/{sent.external_id}", expect=404)


def _gate(bluesky: Company, root: str) -> dict[str, Any]:
    asked = {"repo": bluesky.made["id"], "collection": "app.bsky.feed.threadgate", "rkey": root.rpartition("/")[2]}
    found: dict[str, Any] = _direct(bluesky).read("com.atproto.repo.get_record", asked)["value"]
    return found


def test_what_is_somebody_elses_can_not_be_hidden_or_deleted(bluesky: Company) -> None:
    item = _mention(bluesky)
    for action in (Action.HIDE, Action.DELETE):
        with pytest.raises(errors.NotAllowedByPolicy):
            bluesky.connector.act(action, item.external_id)


def test_a_thread_that_is_closed_to_others_is_not_answered(bluesky: Company) -> None:
    item = _mention(bluesky, author={"handle": "alleen", "settings": {"replies": "nobody"}})
    assert not item.reply_allowed
    with pytest.raises(errors.NotAllowedByPolicy):
        bluesky.connector.send(_answer(item))


def test_pictures_go_along_with_their_description_and_size(bluesky: Company) -> None:
    item = _mention(bluesky)
    content = picture("a map")
    handle = bluesky.connector.upload(OutgoingFile(content, "image/png", "1.png", "Een kaart"), private=False)
    sent = bluesky.connector.send(_answer(item, media=(handle,)))
    (shown,) = bluesky.on_the_network(sent.external_id)["media"]
    assert (shown["alt_text"], bluesky.sandbox.http.get(shown["url"], timeout=20).content) == ("Een kaart", content)
    (image,) = _record(bluesky, sent.external_id)["embed"]["images"]
    assert {name: image["aspectRatio"][name] for name in ("width", "height")} == {"width": 240, "height": 160}
    assert json.loads(handle)["image"]["size"] == len(content)


def test_a_film_goes_alone_with_its_captions(bluesky: Company) -> None:
    item = _mention(bluesky)
    vtt = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nDe trein staat stil\n"
    film = OutgoingFile(mp4_of_a_telephone(), "video/mp4", "film-1.mp4", "Een trein", vtt, "nl")
    sent = bluesky.connector.send(_answer(item, media=(bluesky.connector.upload(film, private=False),)))
    embed = _record(bluesky, sent.external_id)["embed"]
    assert (embed["$type"], embed["alt"], embed["video"]["mimeType"]) == (
        "app.bsky.embed.video",
        "Een trein",
        "video/mp4",
    )
    (told,) = embed["captions"]
    assert (told["lang"], told["file"]["mimeType"], told["file"]["size"]) == ("nl", "text/vtt", len(vtt))
    (shown,) = bluesky.on_the_network(sent.external_id)["media"]
    assert (shown["kind"], shown["alt_text"]) == ("video", "Een trein")
    silent = OutgoingFile(mp4_of_a_telephone(), "video/mp4", "film-2.mp4")
    handle = bluesky.connector.upload(silent, private=False)
    assert (
        "captions" not in _record(bluesky, bluesky.connector.send(_answer(item, media=(handle,))).external_id)["embed"]
    )


def test_a_customers_picture_is_read_with_its_description(bluesky: Company) -> None:
    item = _mention(bluesky, media=[{"alt_text": "Een leeg perron"}])
    (attachment,) = item.attachments
    assert (attachment.alt_text, attachment.kind) == ("Een leeg perron", "image")
    assert bluesky.fetch(attachment.url).content.startswith(b"\x89PNG")


def test_a_post_of_our_own_is_found_again_by_its_words(bluesky: Company) -> None:
    post = OwnPost("We zoeken uit waarom de treinen stilstaan.", submitted_at=datetime.now(UTC))
    assert bluesky.connector.find_published(post) is None
    sent = bluesky.connector.publish(post)
    found = bluesky.connector.find_published(post)
    assert found is not None
    assert (found.external_id, found.url) == (sent.external_id, sent.url)
    assert sent.url.endswith(sent.external_id.rpartition("/")[2])


@pytest.mark.parametrize("text", ["x" * 301, "नि" * 301, "👨‍👩‍👧‍👦" * 121], ids=["letters", "marks", "bytes"])
def test_a_text_that_is_too_long_is_refused(bluesky: Company, text: str) -> None:
    with pytest.raises(errors.InvalidContent) as caught:
        bluesky.connector.publish(OwnPost(text))
    assert caught.value.limit == 300


@pytest.mark.parametrize("text", ["नि" * 300, "👨‍👩‍👧‍👦" * 119], ids=["marks", "bytes"])
@pytest.mark.trap(44)
def test_graphemes_are_what_is_counted(bluesky: Company, text: str) -> None:
    assert bluesky.connector.publish(OwnPost(text)).external_id


# --- the session ---------------------------------------------------------------------------------------------------


def test_one_login_serves_every_connector_of_the_account(bluesky: Company) -> None:
    before = len(_requests(bluesky, "createSession"))
    for _ in range(3):
        bluesky.connect().fetch("mentions", {})
    assert len(_requests(bluesky, "createSession")) == before + 1


def test_a_session_that_has_ended_is_renewed_without_the_password(sandbox: SandboxProcess) -> None:
    bluesky = Company(sandbox, "bluesky", session_seconds=-1)
    renew = {"network": "bluesky", "handle": bluesky.handle}
    logins, renewals = (len(_requests(bluesky, name)) for name in ("createSession", "refreshSession"))
    with pytest.raises(errors.AuthExpired):  # the fresh one has ended too
        bluesky.connector.fetch("mentions", {})
    sandbox.call("POST", "/accounts", {**renew, "settings": {"session_seconds": 7200}})
    bluesky.connector.send(Outgoing("Dag", private=False, thread_id=""))
    assert len(_requests(bluesky, "createSession")) == logins + 1
    assert len(_requests(bluesky, "refreshSession")) == renewals + 2


def test_a_password_that_was_taken_back_ends_the_session(bluesky: Company) -> None:
    bluesky.connector.fetch("mentions", {})
    bluesky.sandbox.call("POST", "/accounts", {"network": "bluesky", "handle": bluesky.handle, "rotate": True})
    with pytest.raises(errors.AuthExpired):
        bluesky.connector.fetch("mentions", {})
    with pytest.raises(errors.AuthExpired):
        bluesky.connector.check()


def test_a_wrong_password_is_an_expired_authorisation_and_is_not_quoted(bluesky: Company) -> None:
    wrong = {**bluesky.made["credentials"], "app_password": "geheim-geheim-geheim"}
    with pytest.raises(errors.AuthExpired) as caught:
        bluesky.connect(credentials=wrong).check()
    assert "geheim" not in f"{caught.value} {caught.value.detail}"


# --- faults --------------------------------------------------------------------------------------------------------


def test_an_outage_of_what_only_explains_a_mention_costs_no_mention(bluesky: Company) -> None:
    mention = bluesky.customer("mention", "hallo")
    bluesky.arm("server_error_json", "getPosts")
    with pytest.raises(errors.Transient):
        bluesky.connector.fetch("mentions", {})
    assert mention in addressed(bluesky.read("mentions")[0])


def test_the_limits_end_in_a_pause_with_a_time(sandbox: SandboxProcess) -> None:
    bluesky = Company(sandbox, "bluesky", rate_limits="real", calls=5)
    rates = [bluesky.connector.fetch("mentions", {}).rate for _ in range(5)]
    assert [rate.remaining for rate in rates if rate] == [4, 3, 2, 1, 0]
    with pytest.raises(errors.RateLimited) as caught:
        bluesky.connector.fetch("mentions", {})
    assert caught.value.retry_at is not None
