"""The fault panel on Facebook: each failure in the Graph API's own form, as the unmodified library meets it."""

import json
import time
from typing import Any

import pytest
import requests

from tests.connectors.sandbox.conftest import SandboxProcess
from tests.connectors.sandbox.facebook_company import PageCompany, facebook, refused_with


@pytest.mark.parametrize(
    ("kind", "params", "code", "subcode", "status"),
    [
        ("rate_limit", {"seconds": 120}, 80001, 0, 400),
        ("rate_limit", {"code": 4}, 4, 0, 403),
        ("rate_limit_without_reset", {}, 613, 0, 400),
        ("rate_limit_without_reset", {"code": 17}, 17, 0, 400),
        ("unauthorized", {}, 190, 463, 400),
        ("payment_required", {}, 368, 0, 403),
        ("forbidden", {}, 200, 0, 403),
        ("forbidden", {"code": 10, "subcode": 2018278}, 10, 2018278, 403),
        ("server_error_json", {}, 2, 0, 503),
        ("server_error_json", {"code": 1, "status": 500}, 1, 0, 500),
    ],
)
def test_failures_in_facebooks_form(
    fb: PageCompany, sandbox: SandboxProcess, kind: str, params: dict[str, Any], code: int, subcode: int, status: int
) -> None:
    sandbox.arm(kind, network="facebook", times=2, **params)
    assert refused_with(lambda: fb.get("me")) == (code, subcode)
    answer = fb.raw()
    assert answer.status_code == status
    usage = answer.headers.get("x-business-use-case-usage")
    assert (usage is not None) == (kind == "rate_limit")
    if usage:
        entry = next(iter(json.loads(usage).values()))[0]
        assert entry["call_count"] == 100
        assert entry["estimated_time_to_regain_access"] == params.get("seconds", 60) // 60
    assert fb.get("me")["id"] == fb.id


def test_html_is_not_called_json(fb: PageCompany, sandbox: SandboxProcess) -> None:
    sandbox.arm("server_error_html", network="facebook", times=2)
    answer = fb.raw()
    assert answer.status_code == 503
    assert "json" not in answer.headers["content-type"]
    with pytest.raises(facebook.GraphAPIError) as caught:
        fb.get("me")
    assert caught.value.code is None


@pytest.mark.parametrize(("kind", "written"), [("timeout_before", 0), ("timeout_after", 1)])
def test_a_lost_answer_before_and_after_the_effect(
    fb: PageCompany, sandbox: SandboxProcess, kind: str, written: int
) -> None:
    post = fb.hears()
    sandbox.arm(kind, match="POST .*/comments", network="facebook", seconds=0.2)
    with pytest.raises(requests.ConnectionError):
        fb.post(post["id"], "comments", message="dag")
    assert len(fb.get(post["id"], "comments")["data"]) == written


@pytest.mark.parametrize("kind", ["truncated_json", "malformed_json"])
def test_an_unreadable_answer_took_effect(fb: PageCompany, sandbox: SandboxProcess, kind: str) -> None:
    post = fb.hears()
    sandbox.arm(kind, match="POST .*/comments", network="facebook")
    with pytest.raises(requests.JSONDecodeError):
        fb.post(post["id"], "comments", message="dag")
    assert len(fb.get(post["id"], "comments")["data"]) == 1


def test_slow(fb: PageCompany, sandbox: SandboxProcess) -> None:
    sandbox.arm("slow", network="facebook", seconds=0.4)
    begun = time.monotonic()
    fb.get("me")
    assert time.monotonic() - begun >= 0.4


def test_doubled_and_reordered_pages(fb: PageCompany, sandbox: SandboxProcess) -> None:
    first, second = fb.hears("1")["id"], fb.hears("2")["id"]
    sandbox.arm("duplicate_delivery", match="GET .*/feed", network="facebook")
    assert [post["id"] for post in fb.get(fb.id, "feed")["data"]] == [second, second, first]
    sandbox.arm("reordered_delivery", match="GET .*/feed", network="facebook")
    assert [post["id"] for post in fb.get(fb.id, "feed")["data"]] == [first, second]


def test_a_fault_on_facebook_leaves_x_alone(fb: PageCompany, sandbox: SandboxProcess) -> None:
    sandbox.arm("unauthorized", network="x", times=None)
    assert fb.get("me")["id"] == fb.id


def test_a_code_that_is_no_number_is_refused(sandbox: SandboxProcess) -> None:
    body = {"network": "facebook", "kind": "forbidden", "params": {"code": "ten"}}
    assert "code" in sandbox.call("POST", "/faults", body, expect=422)["error"]
