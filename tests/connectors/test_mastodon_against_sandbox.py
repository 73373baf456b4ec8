"""Mastodon end to end against the sandbox: real sockets, its rules, every fault."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from connectors import errors
from connectors.base import Action, Capabilities, Change, ItemKind, Outgoing, OutgoingFile, OwnPost
from connectors.networks.mastodon import Mastodon
from connectors.sandbox.pictures import picture
from tests.connectors.sandbox.conftest import SandboxProcess
from tests.connectors.sandbox_company import Company, addressed

MAP = OutgoingFile(picture("a map"), "image/png", "picture-1.png", "Een kaart van spoor 3")


@pytest.fixture
def mastodon(sandbox: SandboxProcess) -> Company:
    return Company(sandbox, "mastodon")


def _elsewhere(company: Company, **settings: Any) -> Company:
    """The same on a server with other settings."""
    body = {"network": "mastodon", "handle": company.handle, "settings": settings}
    company.sandbox.call("POST", "/accounts", body)
    return company


def _answer(company: Company, text: str, to: str, stream: str = "notifications", **more: Any) -> Outgoing:
    """A reply to a message that was read."""
    item = addressed(company.read(stream)[0])[to]
    assert item.author is not None
    given = {"private": item.private, "thread_id": item.thread_id, "reply_to": to, "recipient": item.author.external_id}
    return Outgoing(text, **{**given, **more})


# --- reading -----------------------------------------------------------------------------------------------------


def test_it_says_who_we_are_and_what_the_server_takes(mastodon: Company) -> None:
    info = _elsewhere(mastodon, max_characters=1_000).connector.check()
    assert (info.own_id, info.handle, info.problems) == (mastodon.made["id"], mastodon.handle, ())
    can = Mastodon.capabilities_at(info.limits)
    assert (can.public_length.limit, can.private_length.limit, can.post_length) == (1_000, 1_000, _post_length(1_000))
    assert can.public_media is not None
    assert (can.public_media.most, can.public_media.longest_alt) == (4, 1_500)


def _post_length(limit: int) -> object:
    can: Capabilities = Mastodon.capabilities_at({"length": limit})
    return can.post_length


def test_a_token_that_may_not_read_is_told_with_what_to_mend(mastodon: Company) -> None:
    _elsewhere(mastodon, missing_scopes=["write"])
    assert mastodon.connector.check().problems == ()
    with pytest.raises(errors.PermissionMissing):
        mastodon.connector.publish(OwnPost("Hallo"))


def test_a_mention_is_read_answered_and_the_answer_reaches_its_author(mastodon: Company) -> None:
    link = f"https://vlotlijn.example/{'a' * 60}"
    words = f"@{mastodon.handle} waar blijft mijn trein? <b>&amp; bus</b> {link}\n\nGroet,\nJan"
    mention = mastodon.customer("mention", words, author="jan")
    items, cursor = mastodon.read("notifications")
    item = addressed(items)[mention]
    assert (item.kind, item.text, item.private, item.thread_id) == (ItemKind.MENTION, words, False, mention)
    assert item.author is not None
    assert item.author.handle == "jan"
    sent = mastodon.connector.send(_answer(mastodon, "Wij zoeken het uit ^JK", mention, idempotency_key="7:a"))
    there = mastodon.on_the_network(sent.external_id)
    assert (there["text"], there["parent_id"]) == ("@jan Wij zoeken het uit ^JK", mention)
    own, _ = mastodon.read("own_posts")
    echo = addressed(own)[sent.external_id]
    assert (echo.outgoing, echo.parent_id, echo.thread_id) == (True, mention, mention)
    assert mastodon.read("notifications", cursor)[0] == []


def test_a_warning_stands_before_the_text(mastodon: Company) -> None:
    mention = mastodon.customer("mention", "CW: vieze trein\n\nKijk nou", author="jan")
    item = addressed(mastodon.read("notifications")[0])[mention]
    assert item.text == f"⚠ vieze trein\n\n@{mastodon.handle} Kijk nou"
    assert item.raw["spoiler_text"] == "vieze trein"


@pytest.mark.parametrize("kind", ["mention", "dm"])
def test_an_answer_stands_behind_the_warning_of_what_it_answers(mastodon: Company, kind: str) -> None:
    mention = mastodon.customer(kind, "CW: vieze trein\n\nKijk nou", author="jan")
    answer = _answer(mastodon, "Wij zoeken het uit ^JK", mention, submitted_at=datetime.now(UTC))
    sent = mastodon.connector.send(answer)
    own = addressed(mastodon.read("own_posts")[0])[sent.external_id]
    assert own.raw["spoiler_text"] == "vieze trein"
    assert own.raw["sensitive"]
    again = mastodon.connector.find_sent(answer)
    assert again is not None
    assert again.external_id == sent.external_id


def test_words_that_fill_a_post_go_without_the_warning_rather_than_not_at_all(mastodon: Company) -> None:
    mention = mastodon.customer("mention", f"CW: {'vieze trein ' * 5}\n\nKijk nou", author="jan")
    sent = mastodon.connector.send(_answer(mastodon, "a" * 490, mention))
    own = addressed(mastodon.read("own_posts")[0])[sent.external_id]
    assert own.raw["spoiler_text"] == ""
    with pytest.raises(errors.InvalidContent):
        mastodon.connector.send(_answer(mastodon, "a" * 600, mention))


def test_what_stands_above_a_mention_comes_as_context_and_names_the_thread(mastodon: Company) -> None:
    first = mastodon.customer("mention", "Het begon zo", author="els")
    _, cursor = mastodon.read("notifications")
    sent = mastodon.connector.send(_answer(mastodon, "Dag", first))
    reply = mastodon.customer("reply", "dank u", author="els", in_reply_to=sent.external_id)
    below = mastodon.customer("reply", "bij mij ook", author="piet", in_reply_to=reply)
    items, _ = mastodon.read("notifications", cursor)
    found = addressed(items)
    assert (found[reply].kind, found[reply].thread_id, found[reply].parent_id) == (
        ItemKind.REPLY,
        first,
        sent.external_id,
    )
    assert (found[below].kind, found[below].thread_id) == (ItemKind.MENTION, first)
    assert {item.external_id for item in items if not item.addressed} <= {first}


def test_pages_of_mentions_are_read_once_each_after_an_outage(mastodon: Company) -> None:
    _, cursor = mastodon.read("notifications")
    rows = [{"text": f"nummer {number}", "author": f"klant{number}"} for number in range(130)]
    bulk = {"network": "mastodon", "account": mastodon.handle, "kind": "mention", "posts": rows}
    wanted = [result["id"] for result in mastodon.sandbox.call("POST", "/posts/bulk", bulk)["results"]]
    first, cursor = mastodon.read("notifications", cursor, calls=1)
    meanwhile = mastodon.customer("mention", "tussendoor")
    rest, cursor = mastodon.read("notifications", cursor)
    assert [item.external_id for item in (*first, *rest)] == [*wanted, meanwhile]
    assert mastodon.read("notifications", cursor)[0] == []


def test_an_edit_and_a_deletion_are_found_by_a_second_look(mastodon: Company) -> None:
    kept = mastodon.customer("mention", "waar is mijn tren", author="jan")
    taken_back = mastodon.customer("dm", "laat maar", author="els")
    _, cursor = mastodon.read("changes")
    mastodon.sandbox.call("PATCH", f"/posts/{kept}", {"text": "waar is mijn trein"})
    mastodon.sandbox.call("DELETE", f"/posts/{taken_back}")
    items, cursor = mastodon.read("changes", cursor)
    told = {item.external_id: (item.change, item.text, item.private) for item in items}
    assert told == {
        kept: (Change.EDITED, "waar is mijn trein", False),
        taken_back: (Change.DELETED, "", True),
    }
    assert mastodon.read("changes", cursor)[0] == []


def test_the_same_edit_has_the_same_name_however_it_is_read(mastodon: Company) -> None:
    mention = mastodon.customer("mention", "waar is mijn tren", author="jan")
    _, cursor = mastodon.read("changes")
    mastodon.sandbox.call("PATCH", f"/posts/{mention}", {"text": "waar is mijn trein"})
    (by_look,), _ = mastodon.read("changes", cursor)
    (by_notification,), _ = mastodon.read("notifications")
    assert by_look.event_key == by_notification.event_key


# --- writing -----------------------------------------------------------------------------------------------------


def test_a_direct_post_is_a_private_conversation_with_its_author(mastodon: Company) -> None:
    message = mastodon.customer("dm", "mijn nummer is 123", author="els")
    answer = _answer(mastodon, "Dank u ^JK", message)
    sent = mastodon.connector.send(answer)
    assert (answer.private, sent.thread_id) == (True, answer.thread_id)
    assert mastodon.on_the_network(sent.external_id)["private"]
    echo = addressed(mastodon.read("own_posts")[0])[sent.external_id]
    assert (echo.private, echo.outgoing, echo.thread_id) == (True, True, answer.thread_id)


def test_a_private_reply_reaches_nobody_else_than_the_customer(mastodon: Company) -> None:
    other = Company(mastodon.sandbox, "mastodon")
    mention = mastodon.customer("mention", "help", author="els")
    words = f"Vraag het @{other.handle}, .@@{other.handle} of @{other.handle}@vlotlijn.example ^JK"
    answer = _answer(mastodon, words, mention, private=True, reply_to_public=True)
    sent = mastodon.connector.send(answer)
    assert other.read("notifications")[0] == []
    there = mastodon.on_the_network(sent.external_id)
    assert there["private"]
    assert "@" not in there["text"].removeprefix("@els ").replace(f"{other.handle}@vlotlijn.example", "")
    found = mastodon.connector.find_sent(answer)
    assert found is not None
    assert (found.external_id, found.thread_id) == (sent.external_id, sent.thread_id)


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private"])
def test_a_reply_goes_no_further_than_what_it_answers(mastodon: Company, visibility: str) -> None:
    author = {"handle": f"stil{visibility}", "settings": {"visibility": visibility}}
    mention = mastodon.customer("mention", "zachtjes", author=author)
    sent = mastodon.connector.send(_answer(mastodon, "Dag ^JK", mention))
    echo = addressed(mastodon.read("own_posts")[0])[sent.external_id]
    assert echo.raw["visibility"] == visibility


def test_somebody_on_another_server_is_answered_there(mastodon: Company) -> None:
    mastodon.customer("mention", "ik ben een ander", author="ver")
    mention = mastodon.customer("mention", "van ver", author="ver@elders.example")
    answer = _answer(mastodon, "Dag ^JK", mention)
    sent = mastodon.connector.send(answer)
    assert mastodon.on_the_network(sent.external_id)["text"] == "@ver@elders.example Dag ^JK"
    found = mastodon.connector.find_sent(answer)
    assert found is not None
    assert found.external_id == sent.external_id


def test_the_same_key_posts_once_where_the_server_has_keys(mastodon: Company) -> None:
    mention = mastodon.customer("mention", "hallo")
    answer = _answer(mastodon, "Dag ^JK", mention, idempotency_key="sleutel met spatie en é")
    first, again = mastodon.connector.send(answer), mastodon.connector.send(answer)
    assert first.external_id == again.external_id


def test_an_answer_that_was_lost_is_found_and_one_that_never_left_is_not(mastodon: Company) -> None:
    mention = mastodon.customer("mention", "hallo")
    answer = _answer(mastodon, "Dag, zie https://vlotlijn.example/x ^JK", mention, submitted_at=datetime.now(UTC))
    mastodon.arm("timeout_before", "POST /mastodon/api/v1/statuses", seconds=1)
    with pytest.raises(errors.OutcomeUnknown):
        mastodon.connector.send(answer)
    assert mastodon.connector.find_sent(answer) is None
    mastodon.arm("timeout_after", "POST /mastodon/api/v1/statuses", seconds=1)
    with pytest.raises(errors.OutcomeUnknown):
        mastodon.connector.send(answer)
    found = mastodon.connector.find_sent(answer)
    assert found is not None
    assert mastodon.on_the_network(found.external_id)["parent_id"] == mention


def test_files_go_along_with_their_descriptions(mastodon: Company) -> None:
    mention = mastodon.customer("mention", "waar is spoor 3?")
    handle = mastodon.connector.upload(MAP, private=False)
    sent = mastodon.connector.send(_answer(mastodon, "Zie de kaart ^JK", mention, media=(handle,)))
    (shown,) = mastodon.on_the_network(sent.external_id)["media"]
    assert shown["alt_text"] == "Een kaart van spoor 3"
    assert mastodon.fetch(shown["url"]).content == MAP.content
    with pytest.raises(errors.InvalidContent):
        mastodon.connector.upload(OutgoingFile(b"%PDF-1.4", "application/pdf", "file-1.pdf"), private=False)


def test_a_post_of_our_own_is_published_and_found(mastodon: Company) -> None:
    post = OwnPost("Vandaag rijden er geen treinen.", submitted_at=datetime.now(UTC) - timedelta(seconds=5))
    assert mastodon.connector.find_published(post) is None
    made = mastodon.connector.publish(post)
    assert (
        mastodon.sandbox.http.get(made.url, timeout=20, allow_redirects=False)
        .headers["location"]
        .startswith("/square/")
    )
    found = mastodon.connector.find_published(post)
    assert found is not None
    assert (found.external_id, found.url) == (made.external_id, made.url)


def test_a_mention_is_liked_and_unliked_and_only_our_own_is_deleted(mastodon: Company) -> None:
    mention = mastodon.customer("mention", "mooi gedaan")
    sent = mastodon.connector.send(_answer(mastodon, "Dank ^JK", mention))
    for _ in range(2):
        mastodon.connector.act(Action.LIKE, mention)
    assert mastodon.on_the_network(mention)["likes"] == 1
    mastodon.connector.act(Action.UNLIKE, mention)
    assert mastodon.on_the_network(mention)["likes"] == 0
    for _ in range(2):
        mastodon.connector.act(Action.DELETE, sent.external_id)
    assert sent.external_id not in addressed(mastodon.read("own_posts")[0])
    with pytest.raises(errors.NotAllowedByPolicy):
        mastodon.connector.act(Action.DELETE, mention)
    with pytest.raises(errors.NotAllowedByPolicy):
        mastodon.connector.act(Action.HIDE, mention)
    assert mastodon.on_the_network(mention)["text"].endswith("mooi gedaan")


def test_other_software_of_the_same_api_is_served_too(mastodon: Company) -> None:
    """No keys, no rate headers, nothing of version 2, and 401 for what is not ours."""
    _elsewhere(mastodon, software="other", max_characters=5_000)
    assert mastodon.connector.check().limits["length"] == 5_000
    mention = mastodon.customer("mention", "hallo", author="jan")
    sent = mastodon.connector.send(_answer(mastodon, "Dag ^JK", mention, idempotency_key="a"))
    assert sent.rate is None
    with pytest.raises(errors.NotAllowedByPolicy):
        mastodon.connector.act(Action.DELETE, mention)
    assert mastodon.connector.upload(MAP, private=False)


# --- when it says no ---------------------------------------------------------------------------------------------

READ = "GET /mastodon/api/v1/notifications"


def test_a_limit_tells_when_it_ends(mastodon: Company) -> None:
    mastodon.arm("rate_limit", READ, seconds=90)
    with pytest.raises(errors.RateLimited) as told:
        mastodon.connector.fetch("notifications", {})
    assert told.value.retry_at is not None
    assert timedelta(seconds=60) < told.value.retry_at - datetime.now(UTC) < timedelta(seconds=120)


def test_the_servers_own_limit_stops_reading_and_says_so_beforehand(sandbox: SandboxProcess) -> None:
    company = Company(sandbox, "mastodon", rate_limits="real")
    page = company.connector.fetch("notifications", {})
    assert page.rate is not None
    assert (page.rate.limit, page.rate.remaining) == (300, 299)
    with requests.Session() as session:  # 299 more, without what the library makes of each answer
        session.headers["Authorization"] = f"Bearer {company.made['credentials']['access_token']}"
        for _ in range(299):
            session.get(f"{company.made['base_url']}/api/v1/notifications", timeout=10)
    with pytest.raises(errors.RateLimited):
        company.connector.fetch("notifications", {})


def test_a_text_too_long_names_the_limit(mastodon: Company) -> None:
    with pytest.raises(errors.InvalidContent) as told:
        mastodon.connector.publish(OwnPost("a" * 501))
    assert told.value.limit == 500


def test_a_post_that_is_gone_takes_no_public_reply_but_its_author_a_private_one(mastodon: Company) -> None:
    mention = mastodon.customer("mention", "hallo", author="els")
    public = _answer(mastodon, "Dag ^JK", mention)
    private = _answer(mastodon, "Dag ^JK", mention, private=True, reply_to_public=True)
    mastodon.sandbox.call("DELETE", f"/posts/{mention}")
    with pytest.raises(errors.NotFound):
        mastodon.connector.send(public)
    sent = mastodon.connector.send(private)
    found = mastodon.connector.find_sent(private)
    assert found is not None
    assert found.external_id == sent.external_id


def test_markup_of_another_server_is_words_and_addresses(mastodon: Company) -> None:
    author = {"handle": "kwaad", "settings": {"html": True}}
    markup = (
        f"<p>@{mastodon.handle} <script>alert(1)</script><img src=x onerror=alert(1)>"
        '<a href="javascript:alert(1)">klik</a> <a href="https://kwaad.example/a">bank.example</a></p>'
    )
    mention = mastodon.customer("mention", markup, author=author)
    item = addressed(mastodon.read("notifications")[0])[mention]
    assert item.text == f"@{mastodon.handle} klik bank.example (https://kwaad.example/a)"
