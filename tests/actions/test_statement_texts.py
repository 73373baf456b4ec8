"""Prepared statements: which words there are for a stage, a network and a language, and who approved them."""

import pytest
from django.utils import timezone

from desk.actions.replies import canned
from desk.actions.statements import statement_texts
from desk.actions.statements.statement_texts import Cell
from desk.common.errors import Conflict, Invalid
from desk.inboxes.models import Inbox
from desk.people.models import User
from tests.actions.builders import an_inbox
from tests.actions.posts import WORDS, a_crisis, a_statement, publish
from tests.canned import says

pytestmark = pytest.mark.django_db


@pytest.fixture
def daan(db: None) -> User:
    return User.objects.create_user("daan", role="administrator", first_name="Daan")


@pytest.fixture
def page(db: None) -> Inbox:
    return an_inbox(network="facebook_page", name="Vlotlijn", handle="vlotlijn.nl", own_id="2")


def test_the_table_says_which_cells_there_are_and_which_are_missing(noor: User, x: Inbox, page: Inbox) -> None:
    a_statement(texts=says(nl=WORDS, en="We know that the trains stand still."), networks=["x"])
    a_statement("Opgelost", shortcut="opgelost", stage="resolved", approved_at=None)
    a_statement("Oud", shortcut="oud", stage="monitoring", expires_on=timezone.localdate().replace(year=2020))
    rows = {row.stage: row.cells for row in statement_texts.table(timezone.localdate())}
    assert list(rows) == ["investigating", "identified", "monitoring", "resolved"]
    seen = {stage: [str(cell[2]) for cell in cells] for stage, cells in rows.items()}
    assert [cell[:2] for cell in rows["resolved"]] == [
        ("facebook_page", "nl"), ("facebook_page", "en"), ("x", "nl"), ("x", "en"),
    ]  # fmt: skip
    assert seen == {
        "investigating": ["missing", "missing", "ready", "ready"],
        "identified": ["missing"] * 4,
        "monitoring": ["expired", "missing", "expired", "missing"],
        "resolved": ["unapproved", "missing", "unapproved", "missing"],
    }


def test_words_are_approved_by_somebody_else_and_whoever_changes_them_takes_that_away(noor: User, daan: User) -> None:
    values = {"name": "Storing", "shortcut": "storing", "kind": "holding_statement", "scenario": "storing"}
    made = canned.create_canned(noor, **values, stage="resolved", texts=says(nl=WORDS))
    with pytest.raises(Conflict):
        statement_texts.approve_statement(noor, made.pk)
    statement_texts.approve_statement(daan, made.pk)
    with pytest.raises(Conflict):
        statement_texts.approve_statement(daan, made.pk)
    canned.change_canned(noor, made.pk, expires_on=None, texts=says(nl=WORDS))
    made.refresh_from_db()
    assert made.approved_by == daan
    canned.change_canned(daan, made.pk, texts=says(nl=f"{WORDS} Excuses."))
    made.refresh_from_db()
    assert made.approved_by_id is None
    assert (made.approved_at, made.words_by) == (None, daan)
    canned.activate_canned(noor, made.pk)
    made.refresh_from_db()
    assert statement_texts.state_of(made, timezone.localdate()) is Cell.UNAPPROVED
    statement_texts.approve_statement(noor, made.pk)


def test_a_statement_knows_the_account_and_what_is_to_be_filled_in_is_never_prepared(noor: User, x: Inbox) -> None:
    asked = {"name": "tijd", "type": "text", "label": "Tijd", "required": True}
    open_words = a_statement(texts=says(nl="{{company}} meldt zich om {{tijd}}."), variables=[asked])
    to_fill = statement_texts.words_for(open_words, x, "nl", noor)
    assert to_fill == "@vlotlijn meldt zich om {{tijd}}."
    with pytest.raises(Invalid, match="Fill in"):
        publish(noor, a_crisis(noor), x, text=to_fill)
    assert statement_texts.words_for(open_words, x, "en", noor) == ""
    assert statement_texts.prepared_words(open_words, x, "nl", noor) == ""
