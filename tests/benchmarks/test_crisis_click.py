"""Goal 12: from the click that starts or raises a crisis to every agent's screen, with 500 connected browsers."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from tests.benchmarks.browsers import Browsers, on_the_glass, painted
from tests.benchmarks.measured import inside
from tests.benchmarks.tables import milliseconds, show
from tests.running.customers import Account
from tests.running.desk import RunningDesk, eventually

BROWSERS = 500
CLICKS = 20
PAUSE = 0.5  # seconds between two clicks
RATE = 100  # posts a second meanwhile, in the second round


def test_click_to_every_screen(desk: RunningDesk, connect: Callable[..., Account]) -> None:
    account = connect("x", webhook=False, poll_seconds=3_600)
    inside(desk, "trickle", account.inbox, 1, 100, 0)  # the worker has loaded everything
    cookies = inside(desk, "readers", BROWSERS)["cookies"]
    rows = []
    with Browsers(desk.url, cookies) as browsers, on_the_glass(desk, "agent") as page, ThreadPoolExecutor(1) as pool:
        for words, seconds in (("in a quiet hour", 0), (f"while {RATE} posts a second arrive", CLICKS)):
            busy = pool.submit(inside, desk, "trickle", account.inbox, seconds, RATE, 10_000) if seconds else None
            if busy:
                time.sleep(5)  # until its process has begun
            all_screens, glass = [], []
            for number in range(CLICKS):
                crisis, version, clicked = _click(desk, number)
                eventually(partial(painted, page, crisis, version), "the banner on the glass")
                eventually(partial(_on_every_screen, browsers, crisis, version), "every screen")
                all_screens += [at - clicked for at in browsers.latest(crisis, version)]
                glass.append((painted(page, crisis, version) or 0) - clicked)
                time.sleep(PAUSE)
            rows += [
                (f"{BROWSERS} browsers told, {words}", "p99 ≤ 1 s", milliseconds(all_screens, 0.5, 0.99, 1.0)),
                (f"painted by a real one among them, {words}", "", milliseconds(glass, 0.5, 1.0)),
            ]
            if busy:
                busy.result()
        assert browsers.lost == 0
    for crisis in desk.api("GET", "crises/?state=active", as_="comms")["results"]:
        desk.api("POST", f"crises/{crisis['id']}/stand-down/", {"reason": "Voorbij"}, as_="comms")
    show(f"Click → screens, {CLICKS} clicks each", rows)


def _on_every_screen(browsers: Browsers, crisis: int, version: int) -> bool:
    return len(browsers.latest(crisis, version)) == BROWSERS


def _click(desk: RunningDesk, number: int) -> tuple[int, int, float]:
    """Start one, then raise and lower it by turns: the crisis, the version that it has then, and when."""
    active = desk.api("GET", "crises/?state=active", as_="comms")["results"]
    clicked = time.time()
    if not active:
        wish = {"reason": f"De trein staat stil, {number}", "level": 1}
        made = desk.api("POST", "crises/", wish, as_="comms")
    else:
        path, level = f"crises/{active[0]['id']}/", active[0]["level"]
        made = desk.api("POST", f"{path}level/", {"level": 2 if level == 1 else 1, "reason": "Anders"}, as_="comms")
    return made["id"], made["version"], clicked
