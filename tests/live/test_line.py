"""The live line through a real web process: what is committed is heard, and after a broken line nothing is missing."""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import psutil
from django.db import connection, transaction

from desk.actions.people import people
from desk.common.live import STREAM, client, publish
from desk.operations.embedded import free_port
from desk.people.models import User
from tests.live.browsers import PATIENCE, Browser, Web, cookies_of
from tests.running.desk import eventually


def test_two_browsers_hear_the_same_event_once_it_is_committed(web: Web, sanne: User, daan: User) -> None:
    with Browser(web, sanne) as one, Browser(web, daan) as other:
        one.next("ready"), other.next("ready")
        with transaction.atomic():
            publish("tickets", {"tickets": [{"id": 7, "why": "new"}]})
            assert not one.silence(), "nothing is told before the commit"
        first, second = one.next("tickets"), other.next("tickets")
    assert first == second
    assert first.data == {"tickets": [{"id": 7, "why": "new"}]}
    assert first.id


def test_after_a_broken_line_exactly_what_was_missed_comes_in_order(web: Web, sanne: User) -> None:
    with Browser(web, sanne) as browser:
        browser.next("ready")
        publish("counts", {"n": 0})
        seen = browser.next("counts").id
    for n in (1, 2, 3):
        publish("counts", {"n": n})
    with Browser(web, sanne, since=seen) as browser:
        assert [browser.next().data for _n in range(3)] == [{"n": 1}, {"n": 2}, {"n": 3}]
        assert browser.next().kind == "ready"
        publish("counts", {"n": 4})
        assert browser.next().data == {"n": 4}


def test_a_page_hears_what_happened_while_it_was_made(web: Web, sanne: User) -> None:
    publish("counts", {"n": 0})
    time.sleep(0.02)
    rendered_at = f"{int(time.time() * 1000)}-0"
    time.sleep(0.02)
    publish("counts", {"n": 1})
    with Browser(web, sanne, since=rendered_at) as browser:
        assert browser.next().data == {"n": 1}


def test_an_id_that_is_forgotten_or_damaged_means_load_again(web: Web, sanne: User) -> None:
    for n in range(5):
        publish("counts", {"n": n})
    client().xtrim(STREAM, maxlen=2, approximate=False)
    for since in ("1000-0", "nonsense"):
        with Browser(web, sanne, since=since) as browser:
            assert browser.next().kind == "resync"
            publish("counts", {"n": 9})
            assert browser.next().data == {"n": 9}


def test_a_notification_reaches_its_person_only(web: Web, sanne: User, daan: User) -> None:
    with Browser(web, sanne) as hers, Browser(web, daan) as his:
        hers.next("ready"), his.next("ready")
        publish("notification", {"user": sanne.pk})
        assert hers.next().kind == "notification"
        assert not his.silence()
        back = f"{int(time.time() * 1000) - 60_000}-0"
    with Browser(web, daan, since=back) as his:
        assert [one.kind for one in his.silence(0.5)] in (["ready"], ["resync"])


def test_strangers_hear_nothing(web: Web, sanne: User) -> None:
    assert httpx.get(f"{web.url}/live/").status_code == 401
    assert httpx.head(f"{web.url}/live/").status_code == 401
    assert httpx.head(f"{web.url}/live/", cookies=cookies_of(sanne)).status_code == 204


def test_who_is_shown_the_door_hears_nothing_more(web: Web, sanne: User, daan: User) -> None:
    with Browser(web, sanne) as hers, Browser(web, daan) as his:
        hers.next("ready"), his.next("ready")
        people.change_user(None, User.objects.create_user("admin", role="administrator").pk)  # so that one is left
        people.change_user(None, sanne.pk, is_active=False)
        assert hers.ended.wait(PATIENCE)
        publish("counts", {"n": 1})
        assert his.next().data == {"n": 1}
    assert httpx.head(f"{web.url}/live/", cookies=cookies_of(sanne)).status_code == 401


def test_open_lines_hold_no_database_connection(web: Web, sanne: User) -> None:
    with ExitStack() as stack:
        browsers = [stack.enter_context(Browser(web, sanne)) for _n in range(6)]
        for browser in browsers:
            browser.next("ready")
        eventually(_only_this_test_is_at_the_database, "every line to let go of its connection")


def _only_this_test_is_at_the_database() -> bool:
    """The pool takes connections back in a thread of its own, a moment after they were given up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'")
        working = cursor.fetchone()[0]
    pool = connection.pool.get_stats()  # type: ignore[attr-defined]  # the stubs lack it
    return bool(working == 1 and pool["pool_size"] - pool["pool_available"] <= 1)


def test_a_web_that_is_told_to_stop_does_so_at_once(transactional_db: None, sanne: User, project: Path) -> None:
    port = free_port()
    name = connection.settings_dict["NAME"]
    database = os.environ["DATABASE_URL"].replace("/balie?", f"/{name}?")
    command = [sys.executable, "-m", "uvicorn", "desk.asgi:application", "--port", str(port), "--log-level", "error"]
    with subprocess.Popen(command, cwd=project, env={**os.environ, "DATABASE_URL": database}) as process:
        try:
            _wait_for(port)
            with httpx.stream("GET", f"http://127.0.0.1:{port}/live/", cookies=cookies_of(sanne), timeout=30) as answer:
                lines = answer.iter_lines()
                next(lines)
                began = time.monotonic()
                process.send_signal(signal.SIGTERM)
                for _line in lines:
                    pass
            process.wait(PATIENCE)
            assert time.monotonic() - began < 3
        finally:
            if psutil.pid_exists(process.pid):
                process.kill()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz")
        except httpx.TransportError:
            assert time.monotonic() < deadline, "the web does not start"
            time.sleep(0.1)
        else:
            return
