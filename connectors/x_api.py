"""tweepy's client with its traps taken out: one call at a time, as the account itself, judged by what X said.

Everything is asked as the account (OAuth 1.0a), because mentions and search otherwise go out with the app's bearer
token. Answers are read by the connector and not by tweepy's models, which fail on a missing name; tweepy never waits
for a rate limit, because it would sleep inside the worker.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import requests
import tweepy

from connectors import errors
from connectors.base import Account, CredentialField, RateState
from connectors.credentials import first_missing
from connectors.http import NetworkSession, lost_answer
from connectors.parsing.x_refusals import LABEL, rate_of, refusal

# These libraries write tokens, signatures and private messages to their logs at level DEBUG.
for _talkative in ("tweepy", "oauthlib", "requests_oauthlib"):
    logging.getLogger(_talkative).setLevel(logging.INFO)

HOSTS = ("api.twitter.com", "api.x.com", "upload.twitter.com")
CREDENTIAL_FIELDS = (
    CredentialField("consumer_key", "API key", "Developer Portal → your app → “Keys and tokens”."),
    CredentialField("consumer_secret", "API key secret"),
    CredentialField(
        "access_token", "Access token", "Made for the company's own account, with read, write and direct messages."
    ),
    CredentialField("access_token_secret", "Access token secret"),
    CredentialField("bearer_token", "Bearer token", "Kept for later; nothing needs it today.", required=False),
)


class XApi:
    """X's API for one account. `client` has tweepy's methods, to be handed to `ask` and `write`."""

    def __init__(self, account: Account, base_url: str) -> None:
        self._credentials = account.credentials
        self.session = NetworkSession(HOSTS, base_url, account.timeout)
        self.client = tweepy.Client(
            bearer_token=self._credentials.get("bearer_token"),
            consumer_key=self._credentials.get("consumer_key"),
            consumer_secret=self._credentials.get("consumer_secret"),
            access_token=self._credentials.get("access_token"),
            access_token_secret=self._credentials.get("access_token_secret"),
            return_type=requests.Response,
            wait_on_rate_limit=False,
        )
        self.client.session = self.session

    def ask(self, method: Callable[..., Any], *arguments: str, **options: Any) -> dict[str, Any]:
        """A call that changes nothing, or nothing that anybody sees: its lost answer is Transient."""
        given = {name: value for name, value in options.items() if value is not None}
        return self._call(method, arguments, given, write=False)

    def write(self, method: Callable[..., Any], *arguments: str, **options: Any) -> dict[str, Any]:
        """A call whose lost answer is OutcomeUnknown."""
        return self._call(method, arguments, options, write=True)

    def request(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """`ask` where tweepy has no method for it."""
        return self.ask(self.client.request, method, path, json=body)

    @property
    def rate(self) -> RateState | None:
        """What X said of its limits in the last answer."""
        return rate_of(self.session.last.headers) if self.session.last else None

    @property
    def headers(self) -> Mapping[str, str]:
        """Those of the last answer."""
        return self.session.last.headers if self.session.last else {}

    @property
    def status(self) -> int:
        """That of the last answer, 0 where there was none."""
        return self.session.last.status if self.session.last else 0

    def _call(
        self, method: Callable[..., Any], arguments: tuple[str, ...], options: Mapping[str, Any], *, write: bool
    ) -> dict[str, Any]:
        """Let tweepy make one call, and judge the answer ourselves."""
        if missing := first_missing(CREDENTIAL_FIELDS, self._credentials):
            raise errors.AuthExpired("The field “%(field)s” is empty. Fill it in under Inboxes.", field=missing)
        answer = self.session.answer_to(
            lambda: method(*arguments, user_auth=True, **options),
            network=LABEL,
            write=write,
            library_error=tweepy.TweepyException,
        )
        content = answer.json() if answer.status != 204 else {}
        says_only_errors = isinstance(content, dict) and "errors" in content and not {"data", "meta"} & content.keys()
        if answer.status >= 300 or says_only_errors:
            raise refusal(answer, write=write, credentials=self._credentials)
        if not isinstance(content, dict):
            detail = f"HTTP {answer.status}, no JSON object"
            if write:
                raise lost_answer(LABEL, detail)
            raise errors.Unreadable(
                "X answered with something that can't be read. The desk tries again.", detail=detail
            )
        return content
