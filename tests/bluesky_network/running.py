"""The development network as a process, and the people on it, who use the official client."""

import itertools
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import redis

from tests.services import Services

SCRIPT = Path(__file__).with_name("network.cjs")
START_SECONDS = 120
PATIENCE = 40  # seconds for something that should take one
Seen = TypeVar("Seen")
_numbers = itertools.count(1)


def eventually(look: Callable[[], Seen | None], what: str, seconds: float = PATIENCE, pause: float = 0.2) -> Seen:
    """The first true answer of `look`; fails with `what` was awaited."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain for {what}"
        time.sleep(pause)
    return seen


class Network:
    """PLC directory, data server (PDS) and AppView, over a PostgreSQL and a Redis of their own."""

    def __init__(self, packages: Path, folder: Path) -> None:
        interfaces = {name for _, name in socket.if_nameindex()}
        assert interfaces == {"lo"}, f"it listens everywhere, so it only runs where nothing but lo is: {interfaces}"
        self._packages, self._folder = packages, folder
        self._services = Services()
        self._process: subprocess.Popen[bytes] | None = None
        self._people = list[Person]()
        self.pds = ""

    def start(self) -> None:
        self._services.start()
        with redis.Redis.from_url(self._services.redis_url) as connection:
            connection.config_set("requirepass", "")  # its servers know none; here nobody else can reach it
        environment = {
            **os.environ,
            "DB_POSTGRES_URL": self._services.database_url,
            "REDIS_HOST": f"127.0.0.1:{self._services.redis.port}",
            "TMPDIR": str(self._folder),
            "LOG_ENABLED": "false",
        }
        command = ["node", str(SCRIPT), str(self._packages)]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with (self._folder / "network.log").open("wb") as log:
            self._process = subprocess.Popen(command, cwd=self._packages, env=environment, stderr=log, **pipes)
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        assert said, (self._folder / "network.log").read_text()[-4_000:]
        self.pds = json.loads(said)["pds"].replace("localhost", "127.0.0.1")

    def stop(self) -> None:
        for person in self._people:
            person.client.request.close()
        if self._process is not None:
            with self._process as process:  # closes what it reads from, and so it ends
                try:
                    process.communicate(timeout=20)
                except subprocess.TimeoutExpired:
                    process.kill()
        self._services.stop()

    def freeze(self) -> None:
        """Take calls and answer none: what is asked meanwhile happens when it goes on."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, which: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(which)

    def person(self, name: str) -> "Person":
        """Somebody new."""
        from atproto import Client, exceptions

        client = Client(f"{self.pds}/xrpc")
        handle, password = f"{name}.test", f"password-of-{name}"
        account = {"email": f"{name}@example.test", "handle": handle, "password": password}
        did = str(client.com.atproto.server.create_account(account).did)

        def logged_in() -> bool:
            try:
                client.login(handle, password)
            except exceptions.BadRequestError:  # the client looks for the profile, which takes a moment to be known
                return False
            return True

        eventually(logged_in, f"the profile of {handle}", pause=2)
        self._people.append(Person(handle, did, client))
        return self._people[-1]


@dataclass
class Person:
    """Somebody on the network, with the official client in their hands."""

    handle: str
    did: str
    client: Any

    def posts(self, text: str, **more: Any) -> Any:
        return self.client.send_post(text, **more)

    def mentions(self, other: "Person", text: str) -> Any:
        """A post that names somebody, as the official app writes it."""
        from atproto import client_utils

        words = client_utils.TextBuilder().mention(f"@{other.handle}", other.did).text(f" {text}")
        return self.client.send_post(words)

    def answers(self, post: Any, text: str, root: Any = None) -> Any:
        from atproto import models

        refs = [models.create_strong_ref(one) for one in (post, root or post)]
        return self.client.send_post(text, reply_to=models.AppBskyFeedPost.ReplyRef(parent=refs[0], root=refs[1]))

    def sees_below(self, uri: str) -> list[Any]:
        """What the official client shows below a post."""
        from atproto import exceptions

        try:
            thread = self.client.get_post_thread(uri).thread
        except exceptions.AtProtocolError:  # not indexed yet
            return []
        return list(getattr(thread, "replies", None) or [])

    def hears(self) -> list[Any]:
        """The notifications of this person, newest first."""
        return list(self.client.app.bsky.notification.list_notifications().notifications)

    def heard_of(self, uri: str) -> str | None:
        """Why this person was told of a post; None where he was not."""
        return next((str(one.reason) for one in self.hears() if one.uri == uri), None)

    def app_password(self, *, privileged: bool = True) -> str:
        name = f"balie-{next(_numbers)}"
        made = self.client.com.atproto.server.create_app_password({"name": name, "privileged": privileged})
        return str(made.password)

    def takes_passwords_back(self) -> None:
        for one in self.client.com.atproto.server.list_app_passwords().passwords:
            self.client.com.atproto.server.revoke_app_password({"name": one.name})
