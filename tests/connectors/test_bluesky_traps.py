"""Bluesky: each trap that the network or its library sets has a test that names it."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors import errors
from connectors.base import Action, Change, Outgoing, OutgoingFile
from connectors.bluesky_api import BlueskyApi
from connectors.networks.bluesky import Bluesky
from connectors.parsing.bluesky_chat import after_listing, is_listing, unfinished
from connectors.parsing.bluesky_cursor import after_page, entries_of, unseen
from connectors.parsing.bluesky_media import embed_of, handle_of, size_of
from connectors.parsing.bluesky_text import expanded, facets_of, handles_in
from connectors.parsing.bluesky_threadgate import MOST_HIDDEN, changed
from connectors.parsing.bluesky_uri import is_post, record_uri, web_address
from connectors.sandbox.pictures import picture
from tests.connectors.accounts import BLUESKY_CREDENTIALS, BLUESKY_SESSION, OWN_DID, bluesky_account
from tests.connectors.bluesky_said import CID, JAN, asked, notice, post, says
from tests.connectors.wire import Said, Wire

POSTS = "app.bsky.feed.getPosts"


# --- the library ---------------------------------------------------------------------------------------------------


def test_no_part_of_atproto_is_loaded_before_an_address_is_read_and_its_client_before_a_call() -> None:
    code = (
        "import sys; from connectors import registry; from connectors.base import Account; registry.all_networks(); "
        "registry.get('bluesky')(Account({}, base_url='http://127.0.0.1:1')); "
        "assert not [m for m in sys.modules if m.startswith('atproto')]; "
        "from connectors.parsing.bluesky_uri import is_post; assert is_post('at://did:plc:a/app.bsky.feed.post/3k'); "
        "assert 'atproto_core.uri' in sys.modules; assert 'atproto_client' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_yes_and_no_are_written_as_lexicons_have_them(bluesky: Bluesky, wire: Wire) -> None:
    """The vendor's server answers “False” with a 500, and the library says it of what nobody asked for."""
    says(wire, getAuthorFeed={"feed": []})
    bluesky.fetch("own_posts", {})
    assert asked(wire, "getAuthorFeed")[0].query["includePins"] == "false"


def test_a_server_that_names_another_in_its_answer_is_not_followed_there(bluesky: Bluesky, wire: Wire) -> None:
    service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": "http://169.254.169.254"}
    document = {"id": OWN_DID, "verificationMethod": [], "service": [service]}
    says(wire, createSession={**BLUESKY_SESSION, "didDoc": document})
    bluesky.check()
    bluesky.fetch("own_posts", {})
    assert len(asked(wire, "getAuthorFeed")) == 1


def test_a_page_that_the_librarys_models_refuse_is_read_all_the_same(bluesky: Bluesky, wire: Wire) -> None:
    strange = {**notice(2, 2), "author": {"did": JAN}, "isRead": "misschien", "labels": "geen"}
    says(wire, listNotifications={"notifications": [notice(1, 1), strange, 7]})
    page = bluesky.fetch("mentions", {})
    assert [item.external_id for item in page.items] == [post(1), post(2)]
    assert len(page.unreadable) == 1


def test_what_the_library_will_not_ask_or_write_is_an_error_of_ours_and_never_sent(wire: Wire) -> None:
    says(wire)
    api = BlueskyApi(bluesky_account(wire.address), f"{wire.address}/bluesky", Bluesky.credential_fields)
    with pytest.raises(errors.InvalidContent):
        api.write("chat.bsky.convo.send_message", {"convoId": "3k"}, chat=True)
    with pytest.raises(errors.Unreadable):
        api.read("app.bsky.feed.get_posts", {"uris": "no list"})
    assert [asked(wire, name) for name in ("sendMessage", "getPosts")] == [[], []]


# --- addresses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "", "at://jan.bsky.social/app.bsky.feed.post/3k", "at://did:plc:a/app.bsky.feed.post", "at://did:plc:a",
        "at://did:plc:a/app.bsky.feed.post/3k/more", "at://did:plc:a/app.bsky.feed.post/3k?x=1",
        "at://did:plc:a/app.bsky.feed.post/3k#x", "at://did:plc:a/../../x", "at://did:plc:a/app.bsky.feed.post/3k\n",
        "https://bsky.app/profile/did:plc:a/post/3k", "at://did:plc:a/app.bsky.feed.post/" + "3" * 300,
        "at://did:plc:a/app.bsky.feed.post/é",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_record_is_never_asked_for(address: str) -> None:
    """One wrong address in a question costs the answer to all of them."""
    assert not is_post(address)
    assert web_address(address) == ""
    with pytest.raises(ValueError, match="no address"):
        record_uri(address)


@pytest.mark.parametrize("external_id", ["3kmessage0001", "at://did:plc:a/app.bsky.feed.like/3k", "../x"])
def test_nothing_is_done_to_what_is_no_post(bluesky: Bluesky, external_id: str) -> None:
    for action in Action:
        with pytest.raises(errors.NotFound):
            bluesky.act(action, external_id)


# --- text ----------------------------------------------------------------------------------------------------------


@pytest.mark.trap(43)
def test_facets_count_bytes_and_name_only_those_who_exist() -> None:
    text = "Ï 🚂 @jan.bsky.social (www.vlotlijn.nl). mail@vlotlijn.nl #trein @niemand.nl"
    facets = facets_of(text, {"jan.bsky.social": JAN})
    told = [
        (
            text.encode()[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode(),
            next(value for name, value in one["features"][0].items() if name != "$type"),
        )
        for one in facets
    ]
    assert told == [
        ("@jan.bsky.social", JAN),
        ("www.vlotlijn.nl", "https://www.vlotlijn.nl"),
        ("#trein", "trein"),
    ]
    assert handles_in(text) == ["jan.bsky.social", "niemand.nl"]


@pytest.mark.parametrize(
    ("shown", "address", "text"),
    [
        ("vlotlijn.nl/dienst...", "https://vlotlijn.nl/dienstregeling", "https://vlotlijn.nl/dienstregeling"),
        ("https://vlotlijn.nl/", "https://vlotlijn.nl", "https://vlotlijn.nl/"),
        ("mijn bank", "https://evil.example", "mijn bank (https://evil.example)"),
        ("https://bank.example", "https://evil.example", "https://bank.example (https://evil.example)"),
    ],
)
def test_where_a_link_leads_is_shown(shown: str, address: str, text: str) -> None:
    feature = {"$type": "app.bsky.richtext.facet#link", "uri": address}
    facet = {"index": {"byteStart": 0, "byteEnd": len(shown.encode())}, "features": [feature]}
    assert expanded(shown, [facet]) == text


# --- the cursor ----------------------------------------------------------------------------------------------------


def test_how_a_post_is_marked_is_told_beside_its_words(bluesky: Bluesky, wire: Wire) -> None:
    """By moderators, by its author, and on the author's account; what was taken back or is meant for apps is not."""
    by = {"did": JAN, "handle": "jan.bsky.social", "labels": [{"val": "spam"}, {"val": "!no-unauthenticated"}]}
    marked = notice(1, 1, author=by)
    marked["record"]["labels"] = {"values": [{"val": "graphic-media"}, {"val": 7}, "kapot"]}
    moderated = [{"val": "graphic-media"}, {"val": "rude", "neg": True}, {"val": "misleading"}, {"val": None}]
    view = {"uri": post(1), "record": marked["record"], "author": by, "labels": moderated}
    says(wire, listNotifications={"notifications": [marked, notice(2, 0)]}, getPosts={"posts": [view]})
    plain, told = (item for item in bluesky.fetch("mentions", {}).items if item.addressed)
    assert dict(told.about) == {"labels": "graphic-media, misleading, spam"}
    assert dict(plain.about) == {}


def test_whatever_marks_are_said_of_posts_deletions_are_still_found(bluesky: Bluesky, wire: Wire) -> None:
    says(wire, listNotifications={"notifications": [notice(1, 1)]})
    cursor = bluesky.fetch("deletions", {}).cursor
    strange = [
        notice(number, 5, labels=labels)
        for number, labels in enumerate(([{"val": "spam"}], [7, None], {"val": "rude"}, "geen", [{"val": ["x"]}]), 2)
    ]
    broken = [None, 7, {"uri": 7}, {**notice(8, 5, labels=[{"val": "spam"}]), "author": "niemand"}]
    says(wire, listNotifications={"notifications": [*broken, *strange]}, getPosts={"posts": []})
    page = bluesky.fetch("deletions", cursor)
    assert [item.external_id for item in page.items if item.change is Change.DELETED] == [post(1)]
    assert len(page.unreadable) == 1
    told = {item.external_id for item in page.items if item.change is not Change.DELETED}
    assert told == {post(2), post(4)}
    assert bluesky.fetch("deletions", page.cursor).items == ()


def test_a_chain_ends_at_what_is_known_and_forgets_nothing_on_the_way() -> None:
    known = after_page({}, entries_of([notice(1, 1)]), None)
    first = after_page(known, entries_of([notice(4, 4), notice(3, 3)]), "page-2")
    assert (first["page"], first["seen"]) == ("page-2", known["seen"])
    done = after_page(first, entries_of([notice(2, 2), notice(1, 1)]), "page-3")
    assert "page" not in done
    assert unseen(done, [notice(number, number) for number in (4, 3, 2, 1)]) == []


@pytest.mark.trap(48)
def test_the_networks_own_cursor_is_a_time_so_what_comes_twice_is_told_once() -> None:
    chain = after_page({}, entries_of([notice(2, 2), notice(1, 1)]), "page-2")
    assert unseen(chain, [notice(1, 1), notice(0, 1), notice(0, 1)]) == [notice(0, 1)]


def test_a_chain_ends_where_every_known_entry_was_deleted() -> None:
    known = after_page({}, entries_of([notice(5, 50)]), None)
    old = {**notice(1, 1), "indexedAt": "2026-10-30T10:00:00Z"}
    assert "page" not in after_page(known, entries_of([old]), "page-2")


def test_the_same_page_again_is_the_end() -> None:
    chain = after_page({}, entries_of([notice(1, 1)]), "page-2")
    assert "page" not in after_page(chain, entries_of([notice(0, 0)]), "page-2")


def test_a_page_that_the_network_no_longer_takes_begins_anew(bluesky: Bluesky, wire: Wire) -> None:
    refused = Said({"error": "InvalidRequest", "message": "Malformed cursor"}, 400)
    says(wire, listNotifications=[{"notifications": [notice(2, 2)], "cursor": "page-2"}, refused])
    first = bluesky.fetch("mentions", {})
    again = bluesky.fetch("mentions", first.cursor)
    assert (again.items, again.more, "page" in again.cursor) == ((), True, False)


def test_conversations_come_page_by_page_and_only_those_in_which_anything_was_said() -> None:
    cursor = {"log": "3k", "listing": "", "queue": []}
    convos = [{"id": "a", "lastMessage": {"id": "1"}}, {"id": "b"}]
    following = after_listing(cursor, convos, "next")
    assert (following["queue"], following["listing"]) == (["a"], "next")
    assert not is_listing(following)
    ended = after_listing({**following, "queue": []}, [], "next")
    assert not unfinished(ended)


# --- what a customer's own app may have written -------------------------------------------------------------------


def test_references_that_the_network_refuses_cost_their_context_and_not_the_page(bluesky: Bluesky, wire: Wire) -> None:
    strange = {"root": {"uri": post(8), "cid": CID}, "parent": {"uri": post(9), "cid": CID}}
    told = notice(1, 1)
    told["record"] = {**told["record"], "reply": strange}
    refused = Said({"error": "InvalidRequest", "message": "Error: uris must be a valid at-uri"}, 400)
    says(wire, listNotifications={"notifications": [told, notice(2, 2)]}, getPosts=[{"posts": []}, refused])
    page = bluesky.fetch("mentions", {})
    assert [item.external_id for item in page.items] == [post(1), post(2)]


@pytest.mark.trap(45)
def test_a_profile_that_is_missing_for_a_moment_costs_nothing(bluesky: Bluesky, wire: Wire) -> None:
    says(wire, listNotifications={"notifications": [notice(1, 1)]}, getProfiles={"profiles": []})
    (item,) = bluesky.fetch("mentions", {}).items
    assert item.author is not None
    assert (item.author.handle, item.author.followers) == ("jan.bsky.social", None)


def test_more_than_twenty_five_are_asked_for_in_several_questions(bluesky: Bluesky, wire: Wire) -> None:
    says(wire, listNotifications={"notifications": [notice(number, 1) for number in range(40)]})
    assert len(bluesky.fetch("mentions", {}).items) == 40
    assert [one.path.count("getPosts") for one in asked(wire, POSTS)] == [1, 1]


# --- writing -------------------------------------------------------------------------------------------------------


def test_a_gate_keeps_what_else_it_says_and_a_new_one_closes_nothing() -> None:
    fresh = changed({}, post(1, OWN_DID), post(2), "2026-11-01T10:00:00.000Z", hidden=True)
    assert fresh is not None
    assert "allow" not in fresh
    gate = {"allow": [{"$type": "app.bsky.feed.threadgate#mentionRule"}], "createdAt": "2025-01-01T00:00:00Z"}
    kept = changed(gate, post(1, OWN_DID), post(2), "2026-11-01T10:00:00.000Z", hidden=True)
    assert kept is not None
    assert (kept["allow"], kept["createdAt"]) == (gate["allow"], gate["createdAt"])
    full = {"hiddenReplies": [post(number) for number in range(10, 10 + MOST_HIDDEN)]}
    pushed = changed(full, post(1, OWN_DID), post(2), "2026-11-01T10:00:00.000Z", hidden=True)
    assert pushed is not None
    assert (len(pushed["hiddenReplies"]), pushed["hiddenReplies"][-1]) == (MOST_HIDDEN, post(2))


def test_a_gate_that_somebody_else_changed_meanwhile_is_not_written_over(bluesky: Bluesky, wire: Wire) -> None:
    reply = {"root": {"uri": post(1, OWN_DID), "cid": CID}, "parent": {"uri": post(1, OWN_DID), "cid": CID}}
    view = {"uri": post(2), "cid": CID, "record": {"text": "x", "reply": reply}}
    gate = {"uri": "at://x", "cid": "bafyold", "value": {"hiddenReplies": []}}
    refused = Said({"error": "InvalidSwap", "message": "Record was at bafynew"}, 400)
    says(wire, getPosts={"posts": [view]}, getRecord=gate, putRecord=refused)
    with pytest.raises(errors.Transient):
        bluesky.act(Action.HIDE, post(2))
    (written,) = asked(wire, "putRecord")
    assert (written.json["swapRecord"], written.json["record"]["hiddenReplies"]) == ("bafyold", [post(2)])


def test_a_reply_names_where_its_thread_began_also_far_down(bluesky: Bluesky, wire: Wire) -> None:
    root = {"uri": post(1), "cid": "bafyroot"}
    view = {"uri": post(3), "cid": "bafythree", "record": {"reply": {"root": root, "parent": {"uri": post(2)}}}}
    says(wire, getPosts={"posts": [view]}, createRecord={"uri": post(4, OWN_DID), "cid": CID})
    sent = bluesky.send(Outgoing("Dag", False, post(1), reply_to=post(3), now=datetime(2026, 11, 1, tzinfo=UTC)))
    (written,) = asked(wire, "createRecord")
    record = written.json["record"]
    assert (record["$type"], record["text"], record["createdAt"]) == (
        "app.bsky.feed.post",
        "Dag",
        "2026-11-01T00:00:00.000Z",
    )
    assert {end: (one["uri"], one["cid"]) for end, one in record["reply"].items() if end != "$type"} == {
        "root": (root["uri"], root["cid"]),
        "parent": (post(3), "bafythree"),
    }
    assert (sent.external_id, sent.thread_id) == (post(4, OWN_DID), post(1))


def test_a_picture_says_how_large_it_is_whatever_its_form() -> None:
    file = OutgoingFile(picture("x"), "image/png", "1.png", "Een kaart")
    blob = {"$type": "blob", "ref": {"$link": CID}, "mimeType": "image/png", "size": 3}
    embed = embed_of([handle_of(blob, file)])
    assert embed is not None
    assert embed["images"] == [{"image": blob, "alt": "Een kaart", "aspectRatio": {"width": 240, "height": 160}}]
    assert size_of(b"GIF89a\x10\x00\x20\x00") == (16, 32)
    jpeg = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\x00\x20\x00\x10"
    assert size_of(jpeg) == (16, 32)
    webp = b"RIFF\x00\x00\x00\x00WEBPVP8X" + bytes(8) + b"\x0f\x00\x00\x1f\x00\x00"
    assert size_of(webp) == (16, 32)
    assert [size_of(one) for one in (b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"text", b"\xff\xd8\xff\xe0\xff")] == [
        None
    ] * 5
    assert embed_of([]) is None


def test_there_are_no_webhooks() -> None:
    assert Bluesky.handshake(BLUESKY_CREDENTIALS, {"hub.challenge": "1"}) is None
    assert not Bluesky.verify_webhook(BLUESKY_CREDENTIALS, {}, b"{}")
    assert Bluesky(bluesky_account("http://127.0.0.1:1")).parse_webhook(json.dumps({"a": 1}).encode()).items == ()


def test_what_is_missing_among_the_news_before_it_is_gone_is_looked_for_again(bluesky: Bluesky, wire: Wire) -> None:
    """The network forgets the notification first and the post a moment later."""
    view = {"uri": post(1), "cid": CID, "record": {}}
    says(
        wire,
        listNotifications=[{"notifications": [notice(1, 1)]}, {"notifications": []}, {"notifications": []}],
        getPosts=[{"posts": [view]}, {"posts": []}],
    )
    cursor: Any = {}
    told = list[str]()
    for _ in range(3):
        page = bluesky.fetch("deletions", cursor)
        told += [item.external_id for item in page.items]
        cursor = page.cursor
    assert (told, cursor["watched"]) == ([post(1)], {})
