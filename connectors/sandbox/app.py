"""The service: every network below its own path, the control API below /_sandbox, faults in front of them all."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.sandbox.bluesky import Bluesky
from connectors.sandbox.crowd import Crowd, crowd_routes
from connectors.sandbox.delivery import Deliverer
from connectors.sandbox.facebook import Facebook
from connectors.sandbox.faults import DISTURBANCES, FAILURES, Faults, disturbed
from connectors.sandbox.instagram import Instagram
from connectors.sandbox.mail import Catcher, Mailbox, mail_routes
from connectors.sandbox.mailbox import MailServers
from connectors.sandbox.mailbox.imap import Door
from connectors.sandbox.mailbox.submission import Submission
from connectors.sandbox.mastodon import Mastodon
from connectors.sandbox.network import Log, Network, Sandbox
from connectors.sandbox.pages import page_routes
from connectors.sandbox.reviews.app_store import AppStore
from connectors.sandbox.reviews.google_business import GoogleBusiness
from connectors.sandbox.reviews.google_play import GooglePlay
from connectors.sandbox.square_api import control_routes
from connectors.sandbox.store import Store
from connectors.sandbox.x import X

NETWORKS: tuple[type[Network], ...] = (
    X, Facebook, Instagram, Mastodon, Bluesky, GoogleBusiness, GooglePlay, AppStore,
)  # fmt: skip


class FrontDoor:
    """What every request passes: the armed faults, the network's Date header, and the log for the fault page."""

    def __init__(self, app: ASGIApp, sandbox: Sandbox, log: Log) -> None:
        self._app, self._sandbox, self._log = app, sandbox, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not self._sandbox.address:
            self._sandbox.address = f"http://{Headers(scope=scope).get('host', '')}"
        path: str = scope["path"]
        network = self._sandbox.networks.get(path.split("/", 2)[1])
        if network is None:
            await self._app(scope, receive, send)
            return
        await self._through(network, path, scope, receive, send)

    async def _through(self, network: Network, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        line = f"{scope['method']} {path}"
        started = time.perf_counter()
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["date"] = network.http_date()
            await send(message)

        kinds = {**FAILURES, **DISTURBANCES}
        account = network.caller(Headers(scope=scope)) if self._sandbox.faults.armed() else ""
        fault = self._sandbox.faults.take(network.slug, line, kinds, account)
        try:
            if fault is None:
                await self._app(scope, receive, noting)
            elif fault.kind in FAILURES:
                await network.failure(fault, path)(scope, receive, noting)
            else:
                await disturbed(self._app, fault, scope, receive, noting, send)
        finally:
            self._log.add(network.slug, scope["method"], path, status, started, fault.kind if fault else "")


class SandboxApp(Starlette):
    """Starlette behind the front door, which must be outermost: only the server's own `send` can hang up."""

    front_door: FrontDoor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.front_door(scope, receive, send)


@dataclass(frozen=True, slots=True)
class MailPorts:
    """Where e-mail is handed in, and where mailboxes are read; 0: nowhere. Mailboxes take both."""

    host: str = "127.0.0.1"
    smtp: int = 0
    imap: int = 0


def create_app(data_dir: Path, address: str = "", mail: MailPorts | None = None) -> Starlette:
    """The sandbox over the data in `data_dir`. `address` is its own origin, learnt from the first request if ""."""
    mail = mail or MailPorts()
    store = Store(data_dir)
    sandbox = Sandbox(store, Faults(store), address=address.rstrip("/"))
    sandbox.networks.update({kind.slug: kind(sandbox) for kind in NETWORKS})
    log, mailboxes = Log(), None
    if mail.smtp and mail.imap:
        mailboxes = MailServers(sandbox, f"{mail.host}:{mail.imap}", f"{mail.host}:{mail.smtp}")
        sandbox.networks[mailboxes.slug] = mailboxes
    deliverer = Deliverer(sandbox)
    crowd = Crowd(sandbox)
    mailbox = Mailbox(data_dir)
    catcher = Catcher(mailbox, Submission(mailboxes, log) if mailboxes else None)
    door = Door(mailboxes, log) if mailboxes else None
    routes: list[BaseRoute] = [Mount(f"/{slug}", routes=net.routes()) for slug, net in sandbox.networks.items()]
    routes += control_routes(sandbox, deliverer, log)
    routes += crowd_routes(crowd)
    routes += mail_routes(mailbox)
    routes += page_routes(sandbox)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        if mail.smtp:
            await catcher.start(mail.host, mail.smtp)
        if door is not None:
            await door.start(mail.host, mail.imap)
        tasks = [asyncio.create_task(deliverer.run()), asyncio.create_task(crowd.run())]
        yield
        await catcher.stop()
        if door is not None:
            await door.stop()
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        mailbox.close()
        store.close()

    app = SandboxApp(routes=routes, lifespan=lifespan)
    app.state.sandbox = sandbox
    app.front_door = FrontDoor(super(SandboxApp, app).__call__, sandbox, log)
    return app


def server(data_dir: Path, host: str, port: int, mail_port: int = 0, imap_port: int = 0) -> uvicorn.Server:
    """A uvicorn server for the sandbox; the Date header is the networks' own, so that their clocks can be off.

    E-mail is caught on `mail_port` of the same host, unless it is 0; with `imap_port` there are mailboxes too.
    """
    address = f"http://{host}:{port}" if port else ""
    config = uvicorn.Config(
        create_app(data_dir, address, MailPorts(host, mail_port, imap_port)),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_keep_alive=75,  # seconds, as networks have it; at 5, the pause of a poll, many met a closing door
        timeout_graceful_shutdown=3,
    )
    return uvicorn.Server(config)
