"""The figures of a report over the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from desk.actions.reports import reports
from desk.inboxes.models import Inbox
from tests.actions.builders import a_mention, own_words, take_in
from tests.api.caller import Caller


@pytest.fixture
def answered(inbox: Inbox) -> Inbox:
    now = timezone.now()
    asked = a_mention("1", created_at=now - timedelta(minutes=20))
    reply = own_words("2", parent_id="1", at=0, created_at=now - timedelta(minutes=10))
    take_in(inbox, [asked, reply, a_mention("3", by="k", created_at=now - timedelta(minutes=5))], now=now)
    reports.count_changes()
    return inbox


def test_figures_with_their_definitions(supervisor: Caller, answered: Inbox) -> None:
    body = supervisor.get("reports/", period="week", time="wall").body
    figures: dict[str, Any] = body["figures"]
    assert (figures["arrived"], figures["answered"], figures["unanswered"]) == (2, 1, 1)
    assert 600 <= figures["median"] <= 606
    assert [line["value"] for line in body["channels"]] == ["x 0"]
    assert [line["value"] for line in body["inboxes"]] == [str(answered.pk)]
    assert [(line["value"], line["figures"]["arrived"]) for line in body["lags"]] == [(f"{answered.pk} 0", 2)]
    assert sum(line["figures"]["arrived"] for line in body["days"]) == 2
    assert set(body["definitions"]) >= {"compliance", "median", "p90", "p95", "unanswered"}
    assert (body["gaps"], body["backlog"], body["blind"]) == ([], 2, 0)
    assert [(level["tickets"], level["unanswered"]) for level in body["levels"]][-1] == (2, 1)


def test_filters_hold(supervisor: Caller, answered: Inbox) -> None:
    def arrived(**query: Any) -> int:
        return int(supervisor.get("reports/", **query).body["figures"]["arrived"])

    assert (
        arrived(inbox=answered.pk)
        == arrived(network="x")
        == arrived(team=0)
        == arrived(agent=0)
        == arrived(private="false")
        == 2
    )
    assert arrived(private="true") == arrived(agent=supervisor.user.pk) == arrived(priority="urgent") == 0
    assert arrived(metric="next_response") == arrived(network="facebook_page") == 0
    assert arrived(period="own", first="2020-01-01", last="2020-02-01") == 0


@pytest.mark.parametrize("query", [{"period": "ever"}, {"period": "own"}, {"priority": "x"}, {"inbox": "a"}])
def test_what_makes_no_sense_is_refused(supervisor: Caller, query: dict[str, str]) -> None:
    assert supervisor.get("reports/", **query).status == 400


def test_reports_are_for_those_who_may_see_them(agent: Caller) -> None:
    assert agent.get("reports/").status == 403
