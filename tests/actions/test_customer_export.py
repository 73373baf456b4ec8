"""All that the desk holds about one customer, and nothing of anybody else."""

import json
from pathlib import Path

import pytest
from pytest_django import Settings

from desk.actions.customers import customer_export
from desk.common.errors import Missing
from desk.people.models import AuditEntry, User
from desk.tickets.models import Customer
from tests.actions.builders import an_inbox
from tests.actions.somebody import MARK, Somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return User.objects.create_user("ada", first_name="Ada", last_name="Lovelace", role="administrator")


@pytest.fixture
def somebody(admin: User, settings: Settings, tmp_path: Path) -> Somebody:
    settings.MEDIA_ROOT = tmp_path
    return Somebody(an_inbox(), admin, tmp_path)


def test_it_holds_whatever_was_written_by_to_and_about_the_person(somebody: Somebody, admin: User) -> None:
    found = json.loads(customer_export.as_file(customer_export.export(admin, somebody.customer.pk)))
    assert (found["customer"]["name"], found["customer"]["about"]) == (f"{MARK} de Vries", f"Woont in {MARK}")
    (account,) = found["accounts"]
    assert (account["network"], account["id"], account["handle"]) == ("x", f"id-{MARK}", MARK)
    public, private = found["tickets"]
    first = public["messages"][0]
    assert (first["text"], first["from"]) == (f"Weer {MARK}", "customer")
    assert [version["text"][:8] for version in first["earlier_wordings"]] == ["Ik ben q"]
    assert first["files"][0]["description"] == f"Foto van {MARK}"
    assert [message["deleted_at"] is not None for message in public["messages"]] == [False, False, True, False]
    assert public["notes"][0]["text"] == f"{MARK} belde ook al"
    assert {reply["state"] for reply in public["replies_not_sent"]} == {
        "queued", "held", "failed", "unknown", "cancelled",
    }  # fmt: skip
    assert [message["from"] for message in private["messages"]] == ["customer", "company"]


def test_it_tells_nothing_of_others_and_names_no_colleague(somebody: Somebody, admin: User) -> None:
    text = customer_export.as_file(customer_export.export(admin, somebody.customer.pk))
    assert "Bij mij ook" not in text
    assert "Lovelace" not in text
    other = Customer.objects.get(profiles__handle="tom")
    assert MARK not in customer_export.as_file(customer_export.export(admin, other.pk))


def test_that_it_was_taken_is_written_down(somebody: Somebody, admin: User) -> None:
    customer_export.export(admin, somebody.customer.pk)
    entry = AuditEntry.objects.latest("id")
    assert (entry.verb, entry.actor, entry.subject_id) == ("customer_exported", admin, str(somebody.customer.pk))
    with pytest.raises(Missing):
        customer_export.export(admin, 999_999)
