"""Writing on X through unmodified tweepy, and the rules that X has for it."""

import base64
import io

import pytest
import requests
import tweepy
from requests_oauthlib import OAuth1

from connectors.sandbox.pictures import picture
from tests.connectors.sandbox.conftest import Company, HostRewriter, SandboxProcess, new_company


def reply_to(
    company: Company, post_id: str, text: str = "Wat vervelend, we kijken het na.", **more: object
) -> dict[str, str]:
    answer = company.client.create_tweet(text=text, in_reply_to_tweet_id=post_id, **more)
    assert answer.status_code == 201
    data: dict[str, str] = answer.json()["data"]
    return data


def test_a_reply_appears_where_the_customer_wrote(sandbox: SandboxProcess, company: Company) -> None:
    mention = company.hears()
    sent = reply_to(company, mention["id"])
    assert sent["text"] == "@reiziger Wat vervelend, we kijken het na."
    posts = sandbox.call("GET", f"/posts?network=x&account={company.handle}")["posts"]
    assert [(post["id"], post["origin"], post["parent_id"], post["root_id"]) for post in posts] == [
        (mention["id"], "customer", "", mention["id"]),
        (sent["id"], "api", mention["id"], mention["id"]),
    ]


def test_a_reply_that_nobody_asked_for_is_refused(sandbox: SandboxProcess, company: Company) -> None:
    stranger = new_company(sandbox)
    elsewhere = stranger.hears("niet voor jullie")
    with pytest.raises(tweepy.Forbidden, match="have not been mentioned or otherwise engaged"):
        reply_to(company, elsewhere["id"])
    sandbox.call("POST", "/accounts", {"network": "x", "handle": company.handle, "settings": {"tier": "enterprise"}})
    assert reply_to(company, elsewhere["id"])["id"]
    stranger.client.session.close()


def test_the_same_words_again_are_refused_as_duplicate(company: Company) -> None:
    mention, other = company.hears(), company.hears(author="iemand_anders")
    reply_to(company, mention["id"])
    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        reply_to(company, mention["id"])
    assert reply_to(company, other["id"])["text"].startswith("@iemand_anders ")


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("a" * 280, True),
        ("a" * 281, False),
        ("漢" * 140, True),
        ("漢" * 141, False),
        ("https://vlotlijn.nl/" + "a" * 300, True),
        ("👨‍👩‍👧‍👦" * 140, True),
        ("a" * 257 + " https://vlotlijn.nl/x", False),
    ],
)
def test_length_is_weighted(company: Company, text: str, fits: bool) -> None:
    mention = company.hears()  # the mention that a reply begins with is not counted
    if fits:
        assert reply_to(company, mention["id"], text)["id"]
    else:
        with pytest.raises(tweepy.BadRequest, match="Tweet text is too long"):
            reply_to(company, mention["id"], text)


def test_a_reply_to_what_is_gone_is_refused(sandbox: SandboxProcess, company: Company) -> None:
    mention = company.hears()
    sandbox.call("DELETE", f"/posts/{mention['id']}")
    with pytest.raises(tweepy.Forbidden, match="deleted or not visible"):
        reply_to(company, mention["id"])


def test_own_posts_can_be_deleted_and_others_not(company: Company) -> None:
    mention = company.hears()
    sent = reply_to(company, mention["id"])
    assert company.client.delete_tweet(sent["id"]).json() == {"data": {"deleted": True}}
    assert company.client.delete_tweet(sent["id"]).json() == {"data": {"deleted": False}}
    with pytest.raises(tweepy.Forbidden):
        company.client.delete_tweet(mention["id"])


def test_replies_can_be_hidden_in_own_threads_only(sandbox: SandboxProcess, company: Company) -> None:
    own = company.client.create_tweet(text="Storing verholpen.").json()["data"]
    below = company.hears("onzin", kind="reply", in_reply_to=own["id"])
    assert company.client.hide_reply(below["id"]).json() == {"data": {"hidden": True}}
    assert sandbox.call("GET", f"/posts/{below['id']}")["hidden"] is True
    assert company.client.unhide_reply(below["id"]).json() == {"data": {"hidden": False}}
    elsewhere = company.hears()
    with pytest.raises(tweepy.Forbidden, match="conversations that you started"):
        company.client.hide_reply(elsewhere["id"])


def test_likes_are_for_enterprise_apps(sandbox: SandboxProcess, company: Company) -> None:
    mention = company.hears()
    with pytest.raises(tweepy.Forbidden, match="appropriate API product permissions"):
        company.client.like(mention["id"])
    sandbox.call("POST", "/accounts", {"network": "x", "handle": company.handle, "settings": {"tier": "enterprise"}})
    assert company.client.like(mention["id"]).json() == {"data": {"liked": True}}
    assert sandbox.call("GET", f"/posts/{mention['id']}")["likes"] == 1
    assert company.client.unlike(mention["id"]).json() == {"data": {"liked": False}}


def test_private_messages_into_a_conversation_and_to_closed_doors(company: Company) -> None:
    first = company.hears("hallo", kind="dm")
    sent = company.client.create_direct_message(dm_conversation_id=first["root_id"], text="Dag.").json()["data"]
    assert sent["dm_conversation_id"] == first["root_id"]
    shut = company.hears(author={"handle": "gesloten", "settings": {"dm": "closed"}})
    with pytest.raises(tweepy.Forbidden, match="permission to DM"):
        company.client.create_direct_message(participant_id=shut["author"]["id"], text="Dag.")
    with pytest.raises(tweepy.NotFound):
        company.client.create_direct_message(participant_id="12345", text="Dag.")
    with pytest.raises(tweepy.BadRequest, match="10000"):
        company.client.create_direct_message(participant_id=first["author"]["id"], text="a" * 10_001)


@pytest.mark.filterwarnings("ignore:.imghdr. is deprecated:DeprecationWarning")  # tweepy imports it in there
def test_media_by_v2_and_by_v1_can_be_attached(company: Company) -> None:
    data = picture("kaart")
    body = {"media": base64.b64encode(data).decode(), "media_category": "tweet_image"}
    by_json = company.client.request("POST", "/2/media/upload", json=body, user_auth=True).json()["data"]
    auth = tweepy.OAuth1UserHandler(*[company.credentials[name] for name in list(company.credentials)[:4]])
    old = tweepy.API(auth)
    old.session.mount("https://", HostRewriter(company.base_url))
    by_form = old.media_upload("kaart.png", file=io.BytesIO(data))
    old.session.close()
    mention = company.hears()
    sent = reply_to(company, mention["id"], "Zie de kaart.", media_ids=[by_json["id"], by_form.media_id_string])
    answer = company.client.get_tweet(
        sent["id"], expansions="attachments.media_keys", media_fields="url", user_auth=True
    ).json()
    assert [requests.get(media["url"], timeout=5).content for media in answer["includes"]["media"]] == [data, data]
    with pytest.raises(tweepy.BadRequest, match="media IDs are invalid"):
        reply_to(company, mention["id"], "Nog een.", media_ids=["12345678901234567"])
    with pytest.raises(tweepy.BadRequest, match="media type unrecognized"):
        company.client.request(
            "POST", "/2/media/upload", json={**body, "media": base64.b64encode(b"<svg/>").decode()}, user_auth=True
        )


@pytest.mark.parametrize("name", ["consumer_key", "consumer_secret", "access_token", "access_token_secret"])
def test_a_wrong_credential_is_a_401(company: Company, name: str) -> None:
    client = company.new_client(10, **{name: "wrong"})
    with pytest.raises(tweepy.Unauthorized):
        client.get_me()
    client.session.close()


def test_a_request_changed_after_signing_is_a_401(company: Company) -> None:
    class Tampering(HostRewriter):
        def send(self, request: requests.PreparedRequest, *args: object, **kwargs: object) -> requests.Response:
            assert request.url
            request.url = request.url.replace("max_results=5", "max_results=50")
            return super().send(request, *args, **kwargs)

    company.client.session.mount("https://", Tampering(company.base_url))
    with pytest.raises(tweepy.Unauthorized):
        company.mentions(max_results=5)


def test_a_signature_over_the_sandboxs_own_address_is_good_too(company: Company) -> None:
    mine = company.credentials
    auth = OAuth1(mine["consumer_key"], mine["consumer_secret"], mine["access_token"], mine["access_token_secret"])
    answer = requests.get(f"{company.base_url}/2/users/me", auth=auth, timeout=5)
    assert answer.json()["data"]["id"] == company.id


def test_the_apps_bearer_token_reads_in_public_and_nothing_else(company: Company) -> None:
    mention = company.hears()
    assert company.client.get_users_mentions(company.id).json()["data"][0]["id"] == mention["id"]
    refusal = "Application-Only is forbidden"
    with pytest.raises(tweepy.Forbidden, match=refusal):
        company.client.get_me(user_auth=False)
    with pytest.raises(tweepy.Forbidden, match=refusal):
        company.client.get_direct_message_events(user_auth=False)
    with pytest.raises(tweepy.Forbidden, match=refusal):
        company.client.create_tweet(text="Dag", user_auth=False)


def test_rotated_credentials_replace_the_old_ones(sandbox: SandboxProcess, company: Company) -> None:
    fresh = sandbox.call("POST", "/accounts", {"network": "x", "handle": company.handle, "rotate": True})
    with pytest.raises(tweepy.Unauthorized):
        company.client.get_me()
    again = company.new_client(**fresh["credentials"])
    assert again.get_me().json()["data"]["id"] == company.id == fresh["id"]
    again.session.close()


def test_rate_limits_are_xs_own_and_carry_its_headers(sandbox: SandboxProcess) -> None:
    company = new_company(sandbox, settings={"rate_limits": "real"})
    answers = [company.client.get_direct_message_events() for _ in range(15)]
    assert [answer.headers["x-rate-limit-remaining"] for answer in answers] == [str(left) for left in range(14, -1, -1)]
    assert answers[0].headers["x-rate-limit-limit"] == "15"
    with pytest.raises(tweepy.TooManyRequests) as refused:
        company.client.get_direct_message_events()
    assert 0 < refused.value.reset_time - int(answers[0].headers["x-rate-limit-reset"]) + 1 < 3
    assert company.client.get_users_mentions(company.id, user_auth=True).headers["x-rate-limit-limit"] == "300"
    company.client.session.close()
