"""atproto's client with its traps taken out: one account's calls, each judged by what the server really said.

Its exceptions mislead (a 409 is a NetworkError, a 403 an UnauthorizedError), and one entry that does not keep to the
lexicon costs it a whole page. So it makes the calls, and what the server said is read by whoever asked.

An app password buys an access token for about two hours and a refresh token for two months. A server lets an account
log in 300 times a day, so the tokens are kept in this process for all connectors of the account, and a login happens
once for each process. That is not left to the client, which has a session for itself alone, reads the token to know
when it ends (a server may give one that can't be read), and never renews one that the server refuses. So after a
refusal a new pair is fetched with the refresh token, and only where that is refused too the password is shown again.
Tokens are never stored, logged or told.
"""

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any

from connectors import errors
from connectors.base import Account, CredentialField, RateState
from connectors.credentials import first_missing
from connectors.http import Answer, NetworkSession, lost_answer
from connectors.parsing import mapped
from connectors.parsing.bluesky_refusals import LABEL, rate_of, refusal, wants_new_token
from connectors.text import clean

HOSTS = ("bsky.social",)
MOST_SESSIONS = 5_000  # accounts whose tokens one process keeps


@dataclass(frozen=True, slots=True)
class Tokens:
    """A session with the server. `access` opens it, `refresh` makes a new one."""

    did: str
    handle: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)


class BlueskyApi:
    """Calls as one account, by the names of the library's methods. All raise `connectors.errors`."""

    def __init__(self, account: Account, base_url: str, required: Sequence[CredentialField]) -> None:
        self._account, self._required = account, required
        self._session = NetworkSession(HOSTS, base_url, account.timeout)
        self._handle = account.credentials.get("handle", "").strip().removeprefix("@").lower()
        self._password = account.credentials.get("app_password", "").strip()
        named = "\0".join((base_url, self._handle, self._password))
        self._key = hashlib.sha256(named.encode("utf-8", "replace")).hexdigest()
        self.rate: RateState | None = None  # what the last answer but those about the session said is left
        self.refused_question = False  # whether it was a 400: what we asked made no sense to the server

    def read(self, method: str, asked: Mapping[str, Any] | None = None, *, chat: bool = False) -> dict[str, Any]:
        """Read something. A list becomes a parameter that is given several times, None is left out."""
        return self._call(method, dict(asked or {}), write=False, chat=chat)

    def write(self, method: str, body: Mapping[str, Any], *, chat: bool = False) -> dict[str, Any]:
        """Change something. None is left out, also inside."""
        return self._call(method, dict(body), write=True, chat=chat)

    def upload(self, content: bytes, content_type: str) -> dict[str, Any]:
        """Bring a file that nobody sees yet: a lost answer is a passing fault, as it is with something that is read."""
        return self._call("com.atproto.repo.upload_blob", content, write=False, content_type=content_type)

    def did(self) -> str:
        """Who we are on the network."""
        return self._tokens().did

    def log_in(self) -> Tokens:
        """Show the password anew, whatever is known: it may have been taken back meanwhile."""
        with _lock_of(self._key):
            return self._by_password()

    @cached_property
    def _client(self) -> Any:
        """The library, which is loaded when an account is first spoken for: it is large."""
        from connectors.bluesky_transport import client_over

        return client_over(self._session)

    @cached_property
    def _chat(self) -> Any:
        """The same for the chat service: our server passes such a call on to it."""
        return self._client.with_bsky_chat_proxy()

    def _call(
        self, method: str, given: Any, *, write: bool, chat: bool = False, content_type: str = ""
    ) -> dict[str, Any]:
        tokens = self._tokens()
        headers = {"Content-Type": content_type} if content_type else {}
        answer = self._ask(method, given, tokens.access, headers, write=write, chat=chat)
        if wants_new_token(answer):  # nothing took effect
            tokens = self._renewed(tokens)
            answer = self._ask(method, given, tokens.access, headers, write=write, chat=chat)
        self.rate, self.refused_question = rate_of(answer.headers), answer.status == 400
        if answer.status >= 300:
            raise refusal(answer, write=write, secrets=self._secrets(tokens))
        content = answer.json()
        if isinstance(content, dict):
            return content
        if write:
            raise lost_answer(LABEL, f"HTTP {answer.status}, no JSON object")
        raise errors.Unreadable(
            "Bluesky answered with something that can't be read. The desk tries again.",
            detail=f"HTTP {answer.status}, no JSON object",
        )

    def _ask(
        self,
        method: str,
        given: Any,
        token: str,
        headers: Mapping[str, str] | None = None,
        *,
        write: bool,
        chat: bool = False,
    ) -> Answer:
        """Let the library make one call. It makes none of what does not keep to the lexicon."""
        from atproto_core.exceptions import AtProtocolError

        sent = {**(headers or {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        call = attrgetter(method)(self._chat if chat else self._client)
        try:
            return self._session.answer_to(
                lambda: call(*([given] if given is not None else []), headers=sent),
                network=LABEL,
                write=write,
                library_error=AtProtocolError,
            )
        except AtProtocolError as problem:
            if write:
                raise errors.InvalidContent("Bluesky refused the text.", detail=type(problem).__name__) from None
            raise errors.Unreadable(
                "Bluesky did not understand the question, or answered one of its own.", detail=type(problem).__name__
            ) from None

    # --- the session -----------------------------------------------------------------------------------------------

    def _tokens(self) -> Tokens:
        with _lock_of(self._key):
            return _known(self._key) or self._by_password()

    def _renewed(self, stale: Tokens) -> Tokens:
        """A session in the place of one that has ended; another thread may have made it meanwhile."""
        with _lock_of(self._key):
            known = _known(self._key)
            if known is not None and known.access != stale.access:
                return known
            answer = self._ask("com.atproto.server.refresh_session", None, stale.refresh, write=False)
            if wants_new_token(answer):
                return self._by_password()
            return self._kept(answer, stale)

    def _by_password(self) -> Tokens:
        if missing := first_missing(self._required, self._account.credentials):
            raise errors.AuthExpired("The field “%(field)s” is empty. Fill it in under Inboxes.", field=missing)
        shown = {"identifier": self._handle, "password": self._password}
        return self._kept(self._ask("com.atproto.server.create_session", shown, "", write=False))

    def _kept(self, answer: Answer, before: Tokens | None = None) -> Tokens:
        if answer.status >= 300:
            raise refusal(answer, write=False, secrets=self._secrets(before))
        told = mapped(answer.json())
        did, access, refresh = (clean(told.get(name), 5_000) for name in ("did", "accessJwt", "refreshJwt"))
        if not (did and access and refresh):
            raise errors.Unreadable(
                "Bluesky answered with something that can't be read. The desk tries again.",
                detail=f"HTTP {answer.status}, no session",
            )
        if told.get("active") is False:
            raise errors.AuthExpired("The account is closed or suspended on Bluesky.", detail=clean(told.get("status")))
        tokens = Tokens(did, clean(told.get("handle"), 300), access, refresh)
        _keep(self._key, tokens)
        return tokens

    def _secrets(self, tokens: Tokens | None) -> dict[str, str]:
        kept = {"access": tokens.access, "refresh": tokens.refresh} if tokens else {}
        return {**kept, "app_password": self._password}


_sessions: OrderedDict[str, Tokens] = OrderedDict()
_locks: dict[str, threading.Lock] = {}
_guard = threading.Lock()


def _lock_of(key: str) -> threading.Lock:
    """One login at a time for each account: whoever waits finds the session that the other made."""
    with _guard:
        return _locks.setdefault(key, threading.Lock())


def _known(key: str) -> Tokens | None:
    with _guard:
        return _sessions.get(key)


def _keep(key: str, tokens: Tokens) -> None:
    with _guard:
        _sessions[key] = tokens
        _sessions.move_to_end(key)
        while len(_sessions) > MOST_SESSIONS:
            forgotten, _ = _sessions.popitem(last=False)
            _locks.pop(forgotten, None)


def _after_fork() -> None:
    """A lock that another thread of the parent held would never be let go here."""
    global _guard
    _guard = threading.Lock()
    _locks.clear()


os.register_at_fork(after_in_child=_after_fork)
