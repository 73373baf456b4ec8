"""The public help pages: only what is public, without anybody signed in."""

import pytest
from django.test import Client, override_settings

from desk.knowledge.models import Searched
from policies.check import check_reply
from policies.facts import Limit, ReplyFacts
from policies.rulebook_form import parse
from tests.actions.builders import NOON
from tests.articles import an_article

pytestmark = pytest.mark.django_db


def test_everybody_reads_what_is_public_and_nothing_else(client: Client) -> None:
    public = an_article("Hond mee\nMag **gratis** mee.", en="Dogs\nTravel free.", audience="public")
    for audience in ("replies", "internal"):
        hidden = an_article(f"Geheim {audience}\nMag gratis mee.", audience=audience)
        assert client.get(f"/help/nl/{hidden.pk}/").status_code == 404
    page = client.get("/help/nl/").content.decode()
    assert "Hond mee" in page
    assert "Geheim" not in page
    assert "Geheim" not in client.get("/help/nl/?q=gratis").content.decode()
    answer = client.get(f"/help/en/{public.pk}/")
    assert answer.status_code == 200
    assert '<html lang="en">' in answer.content.decode()
    assert "max-age=60" in answer["Cache-Control"]
    assert "public" in answer["Cache-Control"]
    assert not answer.cookies
    assert "noindex" not in answer.content.decode()
    assert client.get("/help/", headers={"accept-language": "en-GB"}).headers["Location"] == "/help/en/"
    assert client.get("/help/", headers={"accept-language": "fr"}).headers["Location"] == "/help/en/", "the desk's own"
    assert client.post("/help/nl/").status_code == 405
    assert client.get("/help/fr/").status_code == 404


@override_settings(DEBUG=False)
def test_whoever_asks_too_often_waits(client: Client) -> None:
    asked = [client.get("/help/nl/?q=hond", REMOTE_ADDR="203.0.113.9") for _time in range(61)]
    assert asked[0].status_code == 200
    refused = next(answer for answer in asked if answer.status_code == 429)  # at most two windows of thirty
    assert "no-store" in refused.headers["Cache-Control"], "a cache would refuse everybody"
    assert client.get("/help/nl/", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_a_reply_may_link_to_a_help_page_whatever_the_list_says() -> None:
    rulebook = parse({"rules": {"links.not_allowed": {"hosts": ["vlotlijn.nl"]}}})

    def codes(address: str) -> list[str]:
        facts = ReplyFacts(
            f"Kijk op {address}", NOON, Limit(500), "mastodon", own_links=("https://desk.voorbeeld.nl/help/",)
        )
        return [one.code for one in check_reply(facts, rulebook).findings]

    assert "links.not_allowed" not in codes("https://desk.voorbeeld.nl/help/nl/7/")
    for elsewhere in ("https://desk.voorbeeld.nl/queue/", "https://desk.voorbeeld.nl.evil.nl/help/nl/7/", "evil.nl"):
        assert "links.not_allowed" in codes(elsewhere)


def test_a_reader_says_once_whether_it_helped_and_nothing_is_kept_of_them(client: Client) -> None:
    article = an_article("Hond mee\nMag gratis mee.", audience="public")
    address = f"/help/nl/{article.pk}/helped/"
    answer = client.post(address, {"helped": "yes"}, REMOTE_ADDR="203.0.113.20")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert not answer.cookies
    client.post(address, {"helped": "no"}, REMOTE_ADDR="203.0.113.20")
    client.post(address, {"helped": "no"}, REMOTE_ADDR="203.0.113.21")
    client.post(address, {"helped": "no"}, REMOTE_ADDR="203.0.113.22", headers={"origin": "https://elders.example"})
    article.refresh_from_db()
    assert (article.readers_helped, article.readers_unhelped) == (1, 1)
    assert client.get(address).status_code == 405
    hidden = an_article("Geheim\nMag gratis mee.")
    assert client.post(f"/help/nl/{hidden.pk}/helped/", {"helped": "yes"}).status_code == 404
    assert 'name="helped" value="yes"' in client.get(f"/help/nl/{article.pk}/").content.decode()


def test_what_readers_look_for_in_vain_is_remembered_without_them(client: Client) -> None:
    an_article("Hond mee\nMag gratis mee.", audience="public")
    client.get("/help/nl/?q=hond")
    assert not Searched.objects.exists()
    for _time in range(2):
        client.get("/help/nl/?q=surfplank", REMOTE_ADDR="203.0.113.23")
    assert [(one.words, one.by) for one in Searched.objects.all()] == [(["surfplank"], None)]
