"""Reading X through unmodified tweepy: mentions, search, people, private messages."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import tweepy

from tests.connectors.sandbox.conftest import Company, SandboxProcess

FIELDS: dict[str, Any] = {
    "tweet_fields": ["created_at", "conversation_id", "entities", "referenced_tweets", "note_tweet", "lang"],
    "expansions": ["author_id", "referenced_tweets.id", "referenced_tweets.id.author_id", "attachments.media_keys"],
    "user_fields": ["public_metrics", "profile_image_url", "verified"],
    "media_fields": ["url", "alt_text"],
}


def test_me_is_the_account_of_the_token(company: Company) -> None:
    assert company.client.get_me().json() == {
        "data": {"id": company.id, "name": company.handle, "username": company.handle}
    }


def test_a_mention_without_fields_is_id_text_and_history_only(company: Company) -> None:
    written = company.hears("kunnen jullie helpen?")
    answer = company.mentions()
    assert answer["data"] == [
        {
            "id": written["id"],
            "text": f"@{company.handle} kunnen jullie helpen?",
            "edit_history_tweet_ids": [written["id"]],
        }
    ]
    assert answer["meta"] == {"newest_id": written["id"], "oldest_id": written["id"], "result_count": 1}
    assert "includes" not in answer


def test_fields_and_expansions_bring_author_time_and_picture(company: Company) -> None:
    author = {"handle": "Anna_K", "name": "Anna", "followers": 1234, "verified": True}
    company.hears(author=author, media=[{"alt_text": "vol perron"}], created_at="2026-11-01T08:09:10.123Z")
    answer = company.mentions(**FIELDS)
    post, includes = answer["data"][0], answer["includes"]
    assert post["created_at"] == "2026-11-01T08:09:10.123Z"
    assert post["conversation_id"] == post["id"]
    (user,) = includes["users"]
    assert (user["username"], user["name"], user["public_metrics"]["followers_count"]) == ("Anna_K", "Anna", 1234)
    (media,) = includes["media"]
    assert post["attachments"] == {"media_keys": [media["media_key"]]}
    assert media["alt_text"] == "vol perron"
    picture = requests.get(media["url"], timeout=5)
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")


def test_text_is_escaped_and_links_are_shortened_with_the_original_in_entities(company: Company) -> None:
    company.hears("a < b & c > d https://vlotlijn.example/storing?x=1&y=2 #storing")
    post = company.mentions(**FIELDS)["data"][0]
    (url,) = post["entities"]["urls"]
    assert post["text"] == f"@{company.handle} a &lt; b &amp; c &gt; d {url['url']} #storing"
    assert url["expanded_url"] == "https://vlotlijn.example/storing?x=1&y=2"
    assert post["text"][url["start"] : url["end"]] == url["url"]
    assert post["entities"]["mentions"][0]["username"] == company.handle
    assert post["entities"]["hashtags"][0]["tag"] == "storing"


def test_a_long_post_is_cut_and_whole_in_note_tweet(company: Company) -> None:
    long = "Dit is een lange klacht. " * 30
    company.hears(long)
    post = company.mentions(**FIELDS)["data"][0]
    assert len(post["text"]) < 310
    assert post["note_tweet"]["text"] == f"@{company.handle} {long}"


def test_mentions_page_newest_first_and_lose_nothing(company: Company) -> None:
    written = [company.hears(f"bericht {number}")["id"] for number in range(13)]
    seen: list[str] = []
    token = None
    for _ in range(5):
        page = company.mentions(max_results=5, pagination_token=token)
        seen += [post["id"] for post in page["data"]]
        token = page["meta"].get("next_token")
        if token is None:
            break
    assert seen == written[::-1]
    assert [post["id"] for post in company.mentions(since_id=written[9])["data"]] == written[:9:-1]
    assert [post["id"] for post in company.mentions(until_id=written[2])["data"]] == written[1::-1]
    assert company.mentions(since_id=written[-1]) == {"meta": {"result_count": 0}}


def test_start_time_counts_by_the_time_of_the_post(company: Company) -> None:
    company.hears("oud", created_at="2026-01-01T00:00:00Z")
    new = company.hears("nieuw")
    since = datetime.now(UTC) - timedelta(hours=1)
    assert [post["id"] for post in company.mentions(start_time=since)["data"]] == [new["id"]]


@pytest.mark.parametrize(
    "params",
    [
        {"max_results": 4},
        {"max_results": 101},
        {"pagination_token": "nonsense"},
        {"since_id": "abc"},
        {"expansions": "x"},
    ],
)
def test_a_wrong_parameter_is_a_400_that_names_it(company: Company, params: dict[str, Any]) -> None:
    with pytest.raises(tweepy.BadRequest) as refused:
        company.mentions(**params)
    assert next(iter(params)) in refused.value.api_messages[0]


def test_a_paging_token_does_not_fit_another_list(company: Company) -> None:
    for _ in range(6):
        company.hears()
    token = company.mentions(max_results=5)["meta"]["next_token"]
    with pytest.raises(tweepy.BadRequest):
        company.client.get_users_tweets(company.id, pagination_token=token, user_auth=True)


def test_only_those_who_are_named_are_told_and_who_quotes_is_found_by_searching(
    sandbox: SandboxProcess, company: Company
) -> None:
    own = company.client.create_tweet(text="Er rijden geen treinen.").json()["data"]
    reply = company.hears("hoe lang nog?", kind="reply", in_reply_to=own["id"])
    quote = company.hears("dit dus", kind="quote", in_reply_to=own["id"])
    answer = company.mentions(**FIELDS)
    assert [post["id"] for post in answer["data"]] == [reply["id"]]
    assert answer["data"][0]["referenced_tweets"] == [{"type": "replied_to", "id": own["id"]}]
    assert answer["data"][0]["text"].startswith(f"@{company.handle} ")
    assert answer["data"][0]["conversation_id"] == own["id"]
    asked = company.client.search_recent_tweets(f"quotes_of_tweet_id:{own['id']}", user_auth=True, **FIELDS)
    found = asked.json()
    assert [post["id"] for post in found["data"]] == [quote["id"]]
    assert found["data"][0]["referenced_tweets"] == [{"type": "quoted", "id": own["id"]}]
    assert [post["id"] for post in found["includes"]["tweets"]] == [own["id"]]


def test_a_deleted_original_is_told_in_errors(sandbox: SandboxProcess, company: Company) -> None:
    first = company.hears("eerst")
    company.hears("nog iets", kind="reply", in_reply_to=first["id"])
    sandbox.call("DELETE", f"/posts/{first['id']}")
    answer = company.mentions(**FIELDS)
    assert len(answer["data"]) == 1
    assert answer["errors"][0]["resource_id"] == first["id"]
    gone = company.client.get_tweet(first["id"], user_auth=True).json()
    assert "data" not in gone
    assert gone["errors"][0]["title"] == "Not Found Error"


def test_an_edit_is_a_new_post_that_lists_the_old_one(sandbox: SandboxProcess, company: Company) -> None:
    first = company.hears("trein van 9:00")
    edited = sandbox.call("PATCH", f"/posts/{first['id']}", {"text": f"@{company.handle} trein van 10:00"})
    (post,) = company.mentions(since_id=first["id"])["data"]
    assert post["id"] == edited["id"] != first["id"]
    assert post["edit_history_tweet_ids"] == [first["id"], edited["id"]]
    assert len(company.mentions()["data"]) == 1
    both = company.client.get_tweets([first["id"], edited["id"]], user_auth=True).json()["data"]
    assert [tweet["text"][-4:] for tweet in both] == ["9:00", "0:00"]


def test_search_by_conversation_author_and_words(company: Company) -> None:
    first = company.hears("de verwarming is kapot", author="koukleum")
    other = company.hears("ook koud hier", kind="reply", author="tweede", in_reply_to=first["id"])

    def found(query: str) -> list[str]:
        answer = company.client.search_recent_tweets(query, user_auth=True).json()
        return [post["id"] for post in answer.get("data", [])]

    assert found(f"conversation_id:{first['id']}") == [other["id"], first["id"]]
    assert found(f"conversation_id:{first['id']} from:tweede") == [other["id"]]
    assert found(f"@{company.handle} -is:reply") == [first["id"]]
    assert found(f'@{company.handle} "verwarming is" OR @{company.handle} koud') == [other["id"], first["id"]]
    with pytest.raises(tweepy.BadRequest, match="512"):
        found("x" * 513)
    with pytest.raises(tweepy.BadRequest, match="no viable alternative"):
        found("nonsense:1")


def test_private_messages_come_newest_first_without_since_id(company: Company) -> None:
    first = company.hears("mijn nummer is 06", kind="dm", author={"handle": "prive", "name": "P."})
    sent = company.client.create_direct_message(participant_id=first["author"]["id"], text="Dank u.").json()["data"]
    assert sent["dm_conversation_id"] == first["root_id"]
    events = company.client.get_direct_message_events(
        dm_event_fields=["created_at", "sender_id", "dm_conversation_id"], expansions="sender_id"
    ).json()
    assert [event["id"] for event in events["data"]] == [sent["dm_event_id"], first["id"]]
    assert [event["sender_id"] for event in events["data"]] == [company.id, first["author"]["id"]]
    assert {user["username"] for user in events["includes"]["users"]} == {"prive", company.handle}
    beyond = company.client.get_direct_message_events(pagination_token=events["meta"]["next_token"]).json()
    assert beyond == {"meta": {"result_count": 0}}
    bare = company.client.get_direct_message_events(participant_id=first["author"]["id"], max_results=1).json()
    assert bare["data"] == [{"id": sent["dm_event_id"], "event_type": "MessageCreate", "text": "Dank u."}]
    assert first["id"] not in str(company.mentions())


def test_tweepy_models_read_everything(company: Company) -> None:
    company.hears(media=["foto"])
    models = tweepy.Client(**company.credentials)
    models.session = company.client.session
    page = models.get_users_mentions(company.id, user_auth=True, **FIELDS)
    assert isinstance(page.data[0].created_at, datetime)
    assert page.includes["users"][0].username == "reiziger"
