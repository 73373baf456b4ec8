"""Agents at work: each looks at the queue, opens a ticket, answers it, and thinks, over and over until told to stop."""

import random
import threading
import time
from dataclasses import dataclass, field

import httpx

from tests.running.desk import RunningDesk

THINKS = 2.0  # seconds
ELSEWHERE = (409, 422)  # a colleague was quicker, or the rules want other words


@dataclass
class Taken:
    """Seconds of each answer of the desk, and the replies that were handed in."""

    queue: list[float] = field(default_factory=list)
    ticket: list[float] = field(default_factory=list)
    reply: list[float] = field(default_factory=list)
    replies: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class Agents:
    """So many of them, with the cookies of their sessions and the token of one person for each."""

    def __init__(self, desk: RunningDesk, inbox: int, people: list[tuple[str, str]]) -> None:
        self.taken = Taken()
        self._desk, self._inbox = desk, inbox
        self._done = threading.Event()
        self._threads = [
            threading.Thread(target=self._works, args=(number, *one), daemon=True) for number, one in enumerate(people)
        ]

    def __enter__(self) -> Taken:
        for thread in self._threads:
            thread.start()
        return self.taken

    def __exit__(self, *error: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join(60)

    def _works(self, number: int, person: str, cookie: str) -> None:
        chance = random.Random(number)
        screen = httpx.Client(base_url=self._desk.url, headers={"cookie": cookie}, timeout=60)
        headers = {"Authorization": f"Token {self._desk.tokens[person]}"}
        api = httpx.Client(base_url=f"{self._desk.url}/api/v1/", headers=headers, timeout=60)
        with screen, api:
            while not self._done.wait(THINKS * chance.uniform(0.5, 1.5)):
                try:
                    self._one(screen, api, chance, f"{number} {time.time()}")
                except httpx.HTTPError as problem:
                    self.taken.problems.append(repr(problem))

    def _one(self, screen: httpx.Client, api: httpx.Client, chance: random.Random, key: str) -> None:
        self._timed(self.taken.queue, screen.get(f"/queue/?inbox={self._inbox}", headers={"HX-Request": "true"}))
        listed = api.get(f"tickets/?inbox={self._inbox}&status=open&page_size=50").json()["results"]
        if not listed:
            return
        ticket = chance.choice(listed)["id"]
        self._timed(self.taken.ticket, screen.get(f"/tickets/{ticket}/"))
        wish = {"text": f"We zoeken het uit voor je, {key}.", "visibility": "public", "idempotency_key": key}
        answer = api.post(f"tickets/{ticket}/reply/", json=wish)
        if answer.status_code in ELSEWHERE:
            return
        self._timed(self.taken.reply, answer)
        if answer.is_success:
            self.taken.replies.append(answer.json()["id"])

    def _timed(self, seconds: list[float], answer: httpx.Response) -> None:
        seconds.append(answer.elapsed.total_seconds())
        if not answer.is_success:
            self.taken.problems.append(f"{answer.request.url.path}: {answer.status_code}")
