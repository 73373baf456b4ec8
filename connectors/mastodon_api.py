"""Mastodon.py with its traps taken out: one account's calls, each judged by what the server really said.

Mastodon.py waits for rate limits inside the call, and for five minutes on an answer, unless it is told otherwise; it
makes of an answer what it thinks it is, and loses status and headers where that fails. So it makes the calls, and what
the server said is read by whoever asked. It is never told another host: the session sends its requests to where this
account's server is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

import requests

from connectors import errors
from connectors.base import Account, CredentialField, RateState
from connectors.credentials import first_missing
from connectors.http import NetworkSession, lost_answer
from connectors.parsing import mapped
from connectors.parsing.mastodon_refusals import ABOUT_THE_TOKEN, LABEL, rate_of, refusal

HOME = "mastodon.social"  # what the library believes to speak to
OURS_ALONE = ("account_verify_credentials", "notifications", "account_statuses")  # nobody could say that it is not ours


class MastodonApi:
    """Calls as one account, by the names of the library's methods. All raise `connectors.errors`."""

    def __init__(self, account: Account, required: Sequence[CredentialField]) -> None:
        self._account, self._required = account, required
        self._session = _Session((HOME,), account.base_url, account.timeout)
        self._asks_who = False

    def me(self) -> dict[str, Any]:
        """Whose token it is."""
        self._asks_who = True
        try:
            return mapped(self.read("account_verify_credentials"))
        finally:
            self._asks_who = False

    def listed(self, method: str, *arguments: str, **options: Any) -> list[Any]:
        """Read what must be a list."""
        answer = self.read(method, *arguments, **options)
        if not isinstance(answer, list):
            raise errors.Unreadable(
                "This server does not answer as Mastodon does. Check its address.", detail="no JSON list"
            )
        return answer

    def read(self, method: str, *arguments: Any, **options: Any) -> Any:
        """Ask for something: an object or a list."""
        return self._call(method, arguments, options, write=False)

    def write(self, method: str, *arguments: Any, **options: Any) -> Any:
        """Change something. OutcomeUnknown where the answer is lost."""
        return self._call(method, arguments, options, write=True)

    def post(self, text: str, warning: str, **options: Any) -> dict[str, Any]:
        """Write a status. A server counts a warning with the words: where both are too long, they go without it."""
        if not warning:
            return mapped(self.write("status_post", text, **options))
        try:
            return mapped(self.write("status_post", text, spoiler_text=warning, **options))
        except errors.InvalidContent:
            return self.post(text, "", **options)

    def server(self) -> dict[str, Any]:
        """What the server says of itself, by the newer address or the older one; nothing where it has neither."""
        for method in ("instance_v2", "instance_v1"):
            try:
                return mapped(self.read(method))
            except (errors.NotFound, errors.Unreadable, errors.PermissionMissing):
                continue
        return {}

    def upload_as_before(self) -> None:
        """Bring files to the older address from now on, which the library chooses by the server's version."""
        self._client.mastodon_major = 2

    @property
    def rate(self) -> RateState | None:
        """What the last answer said is left."""
        return rate_of(self._session.last.headers) if self._session.last else None

    @property
    def told_at(self) -> datetime | None:
        """The server's own time of the last answer."""
        return self._session.told_at

    @cached_property
    def _client(self) -> Any:
        """The library, which is loaded when an account is first spoken for: it is large."""
        import mastodon

        client = mastodon.Mastodon(
            api_base_url=f"https://{HOME}",
            session=self._session,
            ratelimit_method="throw",
            request_timeout=self._account.timeout,
            # Else it would ask each server for its version before an upload, and take other software for an old one.
            mastodon_version="99.0.0",
            version_check_mode="created",
        )
        # Given to the constructor, a token that is the name of a file would be read from there.
        client.access_token = self._account.credentials.get("access_token", "").strip()
        return client

    def _call(self, method: str, arguments: tuple[Any, ...], options: Mapping[str, Any], *, write: bool) -> Any:
        """Let Mastodon.py make one call, and judge the answer ourselves."""
        if missing := first_missing(self._required, self._account.credentials):
            raise errors.AuthExpired("The field “%(field)s” is empty. Fill it in under Inboxes.", field=missing)
        if not self._account.base_url:
            raise errors.AddressRefused(
                "Give the address of the server that the account is on, such as https://mastodon.social."
            )
        # Whatever the library makes of an answer, or fails to make of it: what counts is the answer.
        answer = self._session.answer_to(
            lambda: self._make(method, arguments, options), network=LABEL, write=write, library_error=Exception
        )
        if answer.status >= 300:
            lives = None
            if answer.status == 401 and method in OURS_ALONE:
                lives = False
            elif answer.status in ABOUT_THE_TOKEN:
                lives = self._token_lives()
            raise refusal(answer, write=write, credentials=self._account.credentials, token_lives=lives)
        content = answer.json()
        if isinstance(content, dict | list):
            return content
        detail = f"HTTP {answer.status}, no JSON"
        if write:
            raise lost_answer(LABEL, detail)
        raise errors.Unreadable(
            "Mastodon answered with something that can't be read. The desk tries again.", detail=detail
        )

    def _make(self, method: str, arguments: tuple[Any, ...], options: Mapping[str, Any]) -> None:
        from mastodon.errors import MastodonNetworkError

        try:
            getattr(self._client, method)(*arguments, **options)
        except MastodonNetworkError as wrapped:
            # It puts everything that can go wrong on the way into one sentence; what it was decides what is known.
            raise wrapped.__context__ or wrapped from None

    def _token_lives(self) -> bool | None:
        """Whether the server still knows us; None where it does not say so just now."""
        if self._asks_who:
            return False
        last = self._session.last
        try:
            self.me()
        except (errors.AuthExpired, errors.PermissionMissing):
            return False
        except errors.NetworkError:
            return None
        finally:
            self._session.last = last
        return True


class _Session(NetworkSession):
    """Takes the slash off that the library puts behind some addresses: not every server forgives it."""

    def request(  # type: ignore[override]  # the library gives every option by its name
        self, method: str, url: str, **options: Any
    ) -> requests.Response:
        return super().request(method, url.rstrip("/"), **options)
