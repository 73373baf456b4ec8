"""With Redis away the desk is slower to tell and forgets who is present, but people go on working."""

import pytest
import redis
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from desk.actions.tickets import tickets
from desk.common import live
from desk.people.models import User
from desk.tickets.models import Ticket
from tests.web.browsing import Browser

NOWHERE = "redis://127.0.0.1:9/0"


@pytest.fixture
def without_redis(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": NOWHERE}}
    monkeypatch.setattr(live, "_client", redis.Redis.from_url(NOWHERE, decode_responses=True))
    with pytest.raises(redis.RedisError):
        live.client().ping()


@pytest.mark.usefixtures("without_redis")
def test_pages_badges_and_verbs_work_without_redis(browser: Browser, suze: User, ticket: Ticket) -> None:
    assert 'id="tickets"' in browser.page("/queue/")
    assert browser.client.get("/queue/counts/").status_code == 200
    assert 'id="thread"' in browser.page(f"/tickets/{ticket.pk}/")
    assert browser.client.post("/live/presence/", {"ticket": ticket.pk, "state": "viewing"}).status_code == 204
    assert tickets.claim(suze, ticket.pk).assignee == suze


@pytest.mark.usefixtures("without_redis", "db")
def test_the_door_lets_nobody_guess_passwords_while_it_can_not_count(suze: User, client: Client) -> None:
    suze.set_password("een lang wachtwoord")
    suze.save()
    known = {"login": "suze", "password": "een lang wachtwoord"}
    assert client.post(reverse("account_login"), known).status_code == 429


@pytest.mark.usefixtures("without_redis")
def test_a_cache_that_is_away_finds_nothing_and_keeps_nothing() -> None:
    cache.set("key", 1)
    assert (cache.get("key", 7), cache.get_many(["key"]), cache.add("key", 1), "key" in cache) == (7, {}, False, False)
    assert (cache.get_or_set("key", 5), cache.delete("key")) == (5, False)
