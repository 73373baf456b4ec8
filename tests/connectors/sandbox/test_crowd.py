"""The crowd: customers who write by themselves, and who notice when they are answered."""

import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from connectors.sandbox.crowd import Texts
from tests.connectors.sandbox.conftest import Company, SandboxProcess, new_company

FAST = 100
PATIENCE = 90.0  # seconds: it is by chance who follows up, and when


def until(look: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.1)
    return found


def switch(company: Company, pace: float) -> Any:
    return company.sandbox.call("PUT", "/crowd", {"network": "x", "account": company.handle, "pace": pace})


def written(company: Company) -> list[Any]:
    """What the crowd wrote to this company, oldest first."""
    posts = company.sandbox.call("GET", "/posts?network=x&limit=1000")["posts"]
    mine = {post["id"] for post in posts if post["account_id"] == company.id}
    return [post for post in posts if post["id"] in mine and post["ref"].startswith("crowd:")]


def how_it_stands(company: Company) -> Any:
    crowd = company.sandbox.call("GET", "/crowd")["crowd"]
    return next(entry for entry in crowd if entry["account"] == company.handle)


@pytest.fixture
def lively(company: Company) -> Any:
    switch(company, FAST)
    yield company
    switch(company, 0)


def test_nobody_writes_before_it_is_asked_for(company: Company) -> None:
    assert how_it_stands(company)["pace"] == 0
    time.sleep(1)
    assert written(company) == []


def test_customers_write_by_themselves_until_it_is_switched_off(lively: Company) -> None:
    until(lambda: len(written(lively)) >= 5, "five customers")
    assert {post["author"]["handle"] for post in written(lively)} != {lively.handle}
    assert all("{" not in post["text"] for post in written(lively))
    switch(lively, 0)
    before = how_it_stands(lively)["written"]
    time.sleep(1.5)
    assert how_it_stands(lively)["written"] == before


def test_somebody_who_is_answered_says_something_back(lively: Company) -> None:
    until(lambda: len(written(lively)) >= 8, "eight customers")
    asked = [post for post in written(lively) if not post["deleted_at"]]
    for post in asked:
        kind = "dm" if post["private"] else "reply"
        lively.sandbox.call(
            "POST",
            "/posts",
            {"network": "x", "account": lively.handle, "origin": "native", "kind": kind, "text": "We kijken ernaar",
             "in_reply_to": post["id"]},
        )  # fmt: skip
    reactions = until(lambda: [post for post in written(lively) if post["ref"].count(":") == 2], "a reaction")
    first = reactions[0]
    opening = next(post for post in asked if post["ref"] == first["ref"].rpartition(":")[0])
    assert first["author"]["handle"] == opening["author"]["handle"]
    assert first["private"] == opening["private"]


def test_somebody_whom_nobody_answers_writes_again(lively: Company) -> None:
    again = until(lambda: [post for post in written(lively) if post["ref"].endswith(":0")], "a second message")
    assert {post["author"]["handle"] for post in again} <= {post["author"]["handle"] for post in written(lively)}


@pytest.mark.parametrize("pace", [-1, 101, "quick", None, True, float("1e309")])
def test_a_pace_that_is_none_is_refused(company: Company, pace: Any) -> None:
    body = {"network": "x", "account": company.handle, "pace": "inf" if pace == float("inf") else pace}
    refused = company.sandbox.call("PUT", "/crowd", body, expect=422)
    assert refused["error"] == "pace must be a number from 0 (off) to 100"


def test_it_goes_on_after_a_restart_and_the_account_still_opens(tmp_path: Path) -> None:
    sandbox = SandboxProcess(tmp_path)
    sandbox.start()
    try:
        company = new_company(sandbox)
        switch(company, FAST)
        until(lambda: written(company), "a customer")
        sandbox.stop()
        sandbox.start()
        before = how_it_stands(company)
        assert before["pace"] == FAST
        until(lambda: how_it_stands(company)["written"] > before["written"], "the next customer")
        refs = [post["ref"] for post in written(company)]
        assert len(refs) == len(set(refs))
        assert company.client.get_me(user_auth=True).json()["data"]["id"] == company.id
        company.client.session.close()
    finally:
        sandbox.stop()


def test_every_text_can_be_told_and_by_somebody() -> None:
    texts = Texts.load()
    languages = {person["lang"] for person in texts.people}
    assert len({person["handle"] for person in texts.people}) == len(texts.people)
    for episode in texts.episodes:
        assert episode["lang"] in languages & set(texts.reactions)
        assert set(episode) <= {"lang", "text", "private", "edit", "delete", "later", "answer", "praise", "media"}
        for name in ("text", "edit", "later", "answer"):
            told = texts.filled(episode.get(name, ""), Random(1))
            assert "{" not in told
            assert told == texts.filled(episode.get(name, ""), Random(1))
