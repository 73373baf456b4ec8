"""What pymap, the IMAP server, is told of the sandbox's mailboxes: who may sign in, and what lies in them.

Imported with the first connection, so that a sandbox whose mailboxes nobody reads has none of it in memory.
"""

import ssl
from argparse import Namespace
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from pymap.backend.dict.mailbox import LoadedMessage, MailboxData, MailboxSet, Message
from pymap.backend.session import BaseSession
from pymap.concurrent import Subsystem
from pymap.config import BackendCapability, IMAPConfig
from pymap.exceptions import AuthorizationFailure, InvalidAuth, NotAllowedError
from pymap.imap import IMAPServer
from pymap.interfaces.login import IdentityInterface, LoginInterface
from pymap.mime import MessageContent
from pymap.parsing.specials import FetchRequirement
from pymap.selected import SelectedMailbox
from pymap.token import AllTokens
from pymap.user import UserMetadata
from pysasl.creds.server import ServerCredentials
from pysasl.identity import ClearIdentity

from connectors.sandbox.mailbox import MailServers
from connectors.sandbox.records import Account, Post

SENT = "Sent"


def imap_server(servers: MailServers) -> IMAPServer:
    """Takes connections, as asyncio hands them over."""
    config = Settings(Namespace(passlib_cfg=None, proxy_protocol=None), host=None, port=0)
    config.apply_context()
    return IMAPServer(Login(config, servers), config)


class Settings(IMAPConfig):
    """No encryption and no writing: it is a mailbox to look into, on this machine."""

    def __init__(self, args: Namespace, *, host: str | None, port: int) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        here = Subsystem.for_asyncio()
        super().__init__(
            args, host=host, port=port, tls_enabled=False, ssl_context=context, cpu_subsystem=here, invalid_user_sleep=0
        )

    @property
    def backend_capability(self) -> BackendCapability:
        return BackendCapability(idle=False, object_id=True, multi_append=False)

    @property
    def greeting(self) -> bytes:
        return b"Sandbox mail server ready"


class Login(LoginInterface):
    """Companies of the sandbox, by user name and password."""

    def __init__(self, config: Settings, servers: MailServers) -> None:
        self._config, self._servers = config, servers
        self._tokens = AllTokens(config)
        self._folders: dict[str, Folders] = {}

    @property
    def tokens(self) -> AllTokens:
        return self._tokens

    async def authenticate(self, credentials: ServerCredentials) -> IdentityInterface:
        account = self._servers.mailbox_of(credentials.authcid)
        if account is None:
            raise InvalidAuth
        known = ClearIdentity(credentials.authcid, account.credentials["password"])
        if not credentials.verify(known):
            raise InvalidAuth
        return Identity(self, account)

    async def authorize(self, authenticated: IdentityInterface, authzid: str) -> IdentityInterface:
        if authenticated.name != authzid:
            raise AuthorizationFailure
        return authenticated

    def session_of(self, account: Account) -> "Session":
        """With all that lies in the mailbox by now."""
        validity = self._servers.validity(account)
        folders = self._folders.get(account.id)
        if folders is None or folders.validity != validity:
            folders = self._folders[account.id] = Folders(self._servers, validity)
        folders.look(account)
        return Session(account.credentials["user"], self._config, folders)


class Identity(IdentityInterface):
    """Who signed in."""

    def __init__(self, login: Login, account: Account) -> None:
        self._login, self._account = login, account

    @property
    def name(self) -> str:
        return self._account.credentials["user"]

    @property
    def roles(self) -> frozenset[str]:
        return frozenset()

    @asynccontextmanager
    async def new_session(self) -> AsyncIterator["Session"]:
        yield self._login.session_of(self._account)

    async def new_token(self, *, expiration: datetime | None = None) -> str | None:
        return None

    async def get(self) -> UserMetadata:
        raise NotAllowedError

    async def set(self, user: UserMetadata) -> int:
        raise NotAllowedError

    async def delete(self) -> None:
        raise NotAllowedError


class Letter(Message):
    """A mail whose words are looked up when somebody asks for them."""

    __slots__ = ["_post", "_servers"]

    def __init__(self, uid: int, post: Post, servers: MailServers) -> None:
        super().__init__(uid, datetime.fromtimestamp(post.created_at / 1000, UTC), ())
        self._post, self._servers = post, servers

    async def load_content(self, requirement: FetchRequirement) -> LoadedMessage:
        return LoadedMessage(self, requirement, MessageContent.parse(self._servers.content(self._post)))


class Folder(MailboxData):
    """One folder. What is in it is added by `put` alone."""

    _readonly: bool
    _uid_validity: int
    _max_uid: int

    def begin(self, validity: int) -> None:
        self._readonly, self._uid_validity, self._max_uid = True, validity, 0

    def put(self, letters: Iterable[Letter]) -> None:
        for letter in letters:
            self._messages[letter.uid] = letter
            self._max_uid = max(self._max_uid, letter.uid)
            self._mod_sequences.update([letter.uid])


class Folders(MailboxSet):
    """The mailbox of one company in one numbering: what came in, and what it sent."""

    def __init__(self, servers: MailServers, validity: int) -> None:
        super().__init__()
        self._servers, self.validity = servers, validity
        self._came, self._went = (Folder(self._content_cache, self._thread_cache) for _ in range(2))
        self._inbox, self._set = self._came, {SENT: self._went}
        self._came.begin(validity)
        self._went.begin(validity)
        self._seen = self._seen_sent = 0
        self._sent = 0

    def look(self, account: Account) -> None:
        """Add what came and went since the last look."""
        came = self._servers.lying_in(account, self._seen)
        self._came.put(Letter(uid, post, self._servers) for uid, post in came)
        self._seen = max((post.position for _, post in came), default=self._seen)
        went = self._servers.sent_by(account, self._seen_sent)
        self._went.put(Letter(self._sent + place, post, self._servers) for place, post in enumerate(went, 1))
        self._seen_sent, self._sent = (
            max((post.position for post in went), default=self._seen_sent),
            self._sent + len(went),
        )


class Session(BaseSession[Message]):
    """One connection that has signed in."""

    def __init__(self, owner: str, config: Settings, folders: Folders) -> None:
        super().__init__(owner)
        self._config, self._folders = config, folders

    @property
    def config(self) -> IMAPConfig:
        return self._config

    @property
    def mailbox_set(self) -> Any:
        return self._folders

    async def list_mailboxes(
        self, ref_name: str, filter_: str, subscribed: bool = False, selected: SelectedMailbox | None = None
    ) -> tuple[Iterable[tuple[str, str | None, Sequence[bytes]]], SelectedMailbox | None]:
        """With the mark by which programs find what was sent (RFC 6154)."""
        listed, updates = await super().list_mailboxes(ref_name, filter_, subscribed, selected)
        marked = [
            (name, delimiter, [*attributes, SENT.encode()] if name == SENT else attributes)
            for name, delimiter, attributes in listed
        ]
        return marked, updates
