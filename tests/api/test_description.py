"""The description is whole, and the dicts that hot lists are built from say what it says."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from rest_framework.renderers import JSONRenderer

from desk.api.description import description
from desk.api.forms.messages import MessageSerializer
from desk.api.forms.replies import ReplySerializer
from desk.api.forms.tickets import EventSerializer, NoteSerializer, TicketSerializer
from desk.api.urls import urlpatterns
from desk.tickets.models import Attachment, Message, MessageVersion, Ticket
from tests.api.caller import Caller


def test_it_is_made_without_a_warning() -> None:
    with GENERATOR_STATS.silence():
        SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # untyped there
    assert not GENERATOR_STATS


def test_every_operation_has_a_name_of_its_own_and_its_refusals() -> None:
    operations = [verb for path in description()["paths"].values() for verb in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names) > 60
    for operation in operations:
        assert operation["summary"]
        assert {"401", "403", "429"} <= set(operation["responses"])
    assert len(urlpatterns) == 4


def test_it_is_open_and_comes_as_json_or_yaml(client: Client) -> None:
    plain = client.get("/api/schema/")
    assert (plain.status_code, plain.json()["openapi"][:2]) == (200, "3.")
    yaml = client.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi"})
    assert yaml.content.startswith(b"openapi:")


def test_its_page_loads_nothing_from_elsewhere_and_needs_no_inline_code(client: Client) -> None:
    page = client.get("/api/docs/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    assert "<style" not in text
    assert "//" not in text.replace("://testserver", "")
    assert text.count("<script src=") == text.count("<script") == 3
    assert client.get("/api/docs/?script=").headers["Content-Type"] == "application/javascript"


@pytest.mark.parametrize(
    "path", ["tickets/{}/", "tickets/{}/messages/", "tickets/{}/events/", "tickets/{}/notes/", "tickets/{}/replies/"]
)
def test_what_is_written_is_what_is_described(agent: Caller, ticket: Ticket, path: str) -> None:
    """The serializer, given the answer, writes it again to the letter: same fields, same order, same forms."""
    agent.post(f"tickets/{ticket.pk}/tags/", add=["spoor"])
    agent.post(f"tickets/{ticket.pk}/notes/", text="Zie @sanne")
    agent.post(f"tickets/{ticket.pk}/reply/", text="We zoeken het uit.", idempotency_key="1")
    message = Message.objects.get()
    MessageVersion.objects.create(message=message, text="Waar?", replaced_at=timezone.now())
    Attachment.objects.create(message=message, source_url="https://x.test/1", kind="image")
    described: dict[str, Any] = {
        "tickets/{}/": TicketSerializer,
        "tickets/{}/messages/": MessageSerializer,
        "tickets/{}/events/": EventSerializer,
        "tickets/{}/notes/": NoteSerializer,
        "tickets/{}/replies/": ReplySerializer,
    }
    body = agent.get(path.format(ticket.pk)).body
    for row in body.get("results", [body]):
        serializer = described[path]
        assert list(row) == list(serializer().fields)
        assert_alike(row, serializer)


def assert_alike(row: dict[str, Any], serializer: Any) -> None:
    """Each nested object has the fields of its serializer."""
    for name, field in serializer().fields.items():
        inner = getattr(field, "child", field)
        if not hasattr(inner, "fields") or not row[name]:
            continue
        for part in row[name] if isinstance(row[name], list) else [row[name]]:
            assert list(part) == list(inner.fields), name
    assert JSONRenderer().render(row)
