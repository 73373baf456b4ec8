"""Each operation of the description is called with all kinds of input: nothing breaks, nothing undocumented comes back.

The database is real, and what a call changed is taken back after it. Most calls name things that exist, so that the
verbs themselves run and not only their 404s.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from desk.api.description import description
from desk.inboxes.models import Inbox
from desk.people.models import Team
from desk.replies.models import Reply
from desk.tickets.models import Message, Ticket
from desk.wallboards.models import Wallboard
from tests.actions.builders import a_mention, an_inbox, take_in
from tests.api.caller import Caller
from tests.api.cast import a_caller
from tests.canned import a_canned
from tests.examples import examples


def _words(body: object) -> Iterator[str]:
    match body:
        case str():
            yield body
        case dict():
            for part in body.values():
                yield from _words(part)
        case list():
            for part in body:
                yield from _words(part)


def wrong_input_is_refused(context: Any, response: Any, case: Any) -> bool | None:
    """What is too long by nothing but the blanks around it is not wrong: they are cut off first."""
    if any(word != word.strip() for word in _words(case.body)):
        return None
    return negative_data_rejection(context, response, case)


EXAMPLES = examples(6, 50)  # for each operation
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    allow_header_conformance,
    wrong_input_is_refused,
]
OPERATIONS = sorted(
    (path, method) for path, verbs in description()["paths"].items() for method in verbs if method != "parameters"
)


def a_working_desk() -> tuple[Caller, dict[str, int]]:
    """An administrator, and the ids of things that exist. The account's server does not listen, so nobody is called."""
    administrator, colleague = a_caller("administrator"), a_caller("colleague")
    inbox = an_inbox(base_url="http://127.0.0.1:1")
    Inbox.objects.update(sealed_credentials=b"")
    take_in(inbox, [a_mention("1"), a_mention("2", by="piet")], now=timezone.now())
    ticket = Ticket.objects.earliest("id")
    text = {"text": "We zoeken het uit.", "visibility": "public", "idempotency_key": "1"}
    reply = administrator.post(f"tickets/{ticket.pk}/reply/", **text).body["id"]
    administrator.put(f"tickets/{ticket.pk}/draft/", text="Beste Marit")
    administrator.post(f"tickets/{ticket.pk}/notes/", text="Zie @joris")
    canned = a_canned()
    token = colleague.post("me/tokens/", name="x").body["id"]
    crisis = administrator.post("crises/", reason="De trein staat stil").body["id"]
    post = {"inbox": inbox.pk, "language": "nl", "text": "We zoeken het uit."}
    wish = {"posts": [post], "idempotency_key": "1", "update_minutes": 60}
    return administrator, {
        "ticket_id": ticket.pk,
        "reply_id": Reply.objects.get(pk=reply).pk,
        "message_id": Message.objects.earliest("id").pk,
        "customer_id": ticket.customer_id,
        "inbox_id": inbox.pk,
        "canned_id": canned.pk,
        "user_id": colleague.user.pk,
        "team_id": Team.objects.create(name="Rail").pk,
        "token_id": token,
        "crisis_id": crisis,
        "post_id": administrator.post(f"crises/{crisis}/publications/", **wish).body["posts"][0]["id"],
        "board_id": Wallboard.objects.create(name="Hal 2").pk,
        "report_id": administrator.post("saved-reports/", name="Week", shows={}).body["id"],
        "attachment_id": 1,
        "run_id": administrator.post("rulebooks/1/what-if/", days=7).body["id"],
    }


@contextmanager
def one_connection() -> Iterator[None]:
    """Requests inside keep to this test's transaction instead of closing its connection."""
    moments = (request_started, request_finished)
    for moment in moments:
        moment.disconnect(close_old_connections)
    yield
    for moment in moments:
        moment.connect(close_old_connections)


@pytest.fixture(scope="module")
def api() -> Any:
    """The API as its own description tells of it, called in this process."""
    with one_connection():  # earlier tests may have left one open, which this fixture may not touch
        return schemathesis.openapi.from_wsgi("/api/schema/", get_wsgi_application())


@pytest.fixture(scope="module")
def working_desk(rows_that_stay: None) -> tuple[Caller, dict[str, int]]:
    """One for all operations, since making it takes longer than calling them."""
    return a_working_desk()


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda part: part)
def test_nothing_breaks_and_nothing_undocumented_comes_back(
    path: str, method: str, api: Any, working_desk: tuple[Caller, dict[str, int]]
) -> None:
    caller, existing = working_desk
    operation = api[path][method]
    named = {name: number for name, number in existing.items() if f"{{{name}}}" in path}
    cases: st.SearchStrategy[Any] = st.one_of(
        operation.as_strategy(path_parameters=named),
        operation.as_strategy(),
        operation.as_strategy(GenerationMode.NEGATIVE, path_parameters=named),
    )

    @seed(20260310)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def call(case: Any) -> None:
        with transaction.atomic():
            response = case.call(headers=caller.headers)
            transaction.set_rollback(True)
        case.validate_response(response, checks=CHECKS)

    with one_connection():
        call()
