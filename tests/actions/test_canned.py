"""Canned responses: what is kept, what fits a ticket, and what is filled in or asked for."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from desk.actions.replies import canned, canned_reviews, offers
from desk.actions.replies.canned_check import CannedBlocked
from desk.actions.replies.canned_preview import preview
from desk.alerts.models import Notification
from desk.alerts.words import sentence
from desk.common.errors import Conflict, Invalid, Missing
from desk.people.models import AuditEntry, Team, User
from desk.people.permissions import Role
from desk.replies.models import CannedResponse
from desk.rulebooks.models import RulebookVersion
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, a_message, an_inbox, take_in
from tests.actions.promised import a_calendar, a_policy
from tests.canned import a_canned, says

pytestmark = pytest.mark.django_db
OFFICE = {"timezone": "Europe/Amsterdam", "week": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed")}}


@pytest.fixture
def writer() -> User:
    return User.objects.create_user("suze", first_name="Suze", last_name="Veenstra", role=Role.AGENT)


@pytest.fixture
def editor() -> User:
    return User.objects.create_user("joris", first_name="Joris", role=Role.SUPERVISOR)


@pytest.fixture
def ticket() -> Ticket:
    take_in(an_inbox(), [a_mention("1")], now=timezone.now())
    return Ticket.objects.get()


def the_offer(writer: User, ticket: Ticket, visibility: str = "public") -> offers.Offer:
    (offer,) = offers.offered(writer, ticket, visibility, "")
    return offer


def switch_on_references(*patterns: str) -> None:
    RulebookVersion.objects.update(state="retired")
    RulebookVersion.objects.create(
        number=2, state="active", document={"rules": {"personal_data.reference": {"patterns": list(patterns)}}},
        created_at=timezone.now(), changed_at=timezone.now(),
    )  # fmt: skip


def test_what_the_desk_knows_is_filled_in(writer: User, ticket: Ticket) -> None:
    a_canned(text="Hoi {{customer}}, {{agent}} van {{company}} over {{ticket}}.{{#if reference}} {{reference}}{{/if}}")
    assert the_offer(writer, ticket).text == f"Hoi Marit, Suze van @vlotlijn over {ticket.pk}."


def test_the_handle_stands_in_for_a_name_that_nobody_knows(writer: User, ticket: Ticket) -> None:
    a_canned(text="Hoi {{customer}}")
    ticket.profile.name = "  "
    assert the_offer(writer, ticket).text == "Hoi marit"


def test_a_customer_can_not_smuggle_in_a_variable(writer: User, ticket: Ticket) -> None:
    a_canned(text="Hoi {{customer}}")
    ticket.profile.name = "{{agent}}{{ticket}} x"
    assert the_offer(writer, ticket).text == "Hoi {{agent}}{{ticket}}"


def test_the_reference_is_what_the_customer_named_last(writer: User) -> None:
    switch_on_references(r"VL-\d{6}")
    inbox = an_inbox()
    words = ["Mijn boeking VL-000001", "Nee, vl-000002 of VL-000003", "Waar blijft u?"]
    items = [a_message(str(number), text=said, at=number) for number, said in enumerate(words)]
    take_in(inbox, items, now=timezone.now())
    a_canned(text="{{#if reference}}We zoeken {{reference}} op{{/if}}")
    assert the_offer(writer, Ticket.objects.get(), "private").text == "We zoeken VL-000003 op"


def test_the_opening_hours_are_those_that_the_ticket_was_promised_by(writer: User) -> None:
    a_canned(text="We zijn er {{opening_hours}}.")
    inbox = an_inbox()
    take_in(inbox, [a_mention("1")], now=timezone.now())
    assert the_offer(writer, Ticket.objects.get()).text == "We zijn er dag en nacht."
    a_policy("Kantoor", first=60, calendar=a_calendar("Kantoor", OFFICE))
    take_in(inbox, [a_mention("2", by="tom")], now=timezone.now())
    assert the_offer(writer, Ticket.objects.latest("id")).text == "We zijn er ma t/m wo 9:00–17:00."


@pytest.mark.parametrize(
    ("language", "text", "fell_back"), [("en", "Hi", False), ("nl", "Hoi X", False), ("fr", "Hoi X", True)]
)
def test_another_language_falls_back_and_says_so(
    writer: User, ticket: Ticket, language: str, text: str, fell_back: bool
) -> None:
    a_canned(texts=[*says(nl="Hoi", en="Hi"), {"language": "nl", "network": "x", "text": "Hoi X"}])
    ticket.language = language
    offer = the_offer(writer, ticket)
    assert (offer.text, offer.fell_back) == (text, fell_back)


def test_what_is_typed_is_looked_for_in_shortcut_name_and_words_and_the_most_used_come_first(
    writer: User, ticket: Ticket
) -> None:
    a_canned("Groet", "Hallo daar", shortcut="hoi", times_used=1)
    a_canned("Hoe gaat het", "Alles goed", shortcut="b")
    a_canned("Ander", "De bus is er om tien uur, hóé dan ook", shortcut="c", times_used=9)

    def found(typed: str) -> list[str]:
        return [one.shortcut for one in offers.offered(writer, ticket, "public", typed)]

    assert found("") == ["c", "hoi", "b"]
    assert found("/ho") == ["hoi", "b", "c"], "shortcut, name, words"
    assert found("tien bu") == ["c"], "words begin with what was typed, accents aside"
    assert found("hoe") == ["b", "c"]
    assert found("' & :* \x00 |") == []


def test_only_what_fits_team_and_visibility_is_offered(writer: User, ticket: Ticket) -> None:
    mine, other = Team.objects.create(name="Mijn"), Team.objects.create(name="Ander")
    writer.teams.add(mine)
    a_canned("a", team=mine)
    a_canned("b", team=other)
    a_canned("c", visibility="private")
    assert the_offer(writer, ticket).name == "a"
    Ticket.objects.update(team=other)
    ticket.refresh_from_db()
    assert [one.name for one in offers.offered(writer, ticket, "private", "")] == ["a", "b", "c"]


ASKED: list[dict[str, Any]] = [
    {"name": "dag", "type": "date", "label": "Welke dag", "required": True},
    {"name": "bedrag", "type": "number", "default": "12,50"},
    {"name": "elders", "required": True},
    {"name": "customer", "default": "daar"},
]


def test_what_is_required_and_not_known_is_asked_for(writer: User, editor: User, ticket: Ticket) -> None:
    texts = says(nl="Hoi {{customer}}, op {{dag}} krijg je {{bedrag}}.")
    made = canned.create_canned(editor, name="Terug", shortcut="terug", texts=texts, variables=ASKED)
    canned.activate_canned(editor, made.pk)
    offer = the_offer(writer, ticket)
    asks = {one.variable.name: (one.variable.question, one.value) for one in offer.asks}
    assert asks == {"dag": ("Welke dag", ""), "bedrag": ("Bedrag", "12,50"), "customer": ("Customer", "Marit")}
    values = {"dag": "2026-12-01", "bedrag": "7.5", "customer": " Mevrouw\nDe Wit "}
    with pytest.raises(Invalid) as refused:
        offers.fill(writer, ticket, made.pk, "public", {**values, "dag": "morgen", "x": "y"})
    assert set(refused.value.errors) == {"dag", "x"}
    filled = offers.fill(writer, ticket, made.pk, "public", values)
    assert (filled.text, filled.asks) == ("Hoi Mevrouw De Wit, op 1 december 2026 krijg je 7,5.", ())
    with pytest.raises(Invalid) as refused:
        offers.fill(writer, ticket, made.pk, "public", {})
    assert list(refused.value.errors) == ["dag"]


def test_what_is_not_on_offer_is_not_filled_in_either(writer: User, ticket: Ticket) -> None:
    made = a_canned(team=Team.objects.create(name="Ander"))
    for wrong in (made.pk, 999_999):
        with pytest.raises(Missing):
            offers.fill(writer, ticket, wrong, "public", {})


def test_what_is_wrong_is_said_at_its_place_and_nothing_is_kept(editor: User) -> None:
    with pytest.raises(Invalid) as refused:
        canned.create_canned(
            editor, name="", shortcut="a b", texts=says(nl="{{x"), variables=[{"name": "Y"}], team_id=99, fallback="xx"
        )
    assert {"name", "shortcut", "texts.0.text", "variables.0.name", "team", "fallback"} <= set(refused.value.errors)
    assert not AuditEntry.objects.exists()


def test_a_text_is_needed_and_a_name_of_its_own_and_only_known_columns_are_changed(editor: User) -> None:
    columns: dict[str, Any] = {"name": "a", "shortcut": "a", "texts": says(nl="a")}
    assert canned.create_canned(editor, **columns).words == "a"
    for wrong, path in (({"texts": []}, "texts"), ({"shortcut": "b"}, "name"), ({"name": "b"}, "shortcut")):
        with pytest.raises(Invalid) as refused:
            canned.create_canned(editor, **{**columns, **wrong})
        assert path in refused.value.errors
    with pytest.raises(Invalid):
        canned.create_canned(editor, **columns, times_used=9)


def test_a_text_for_a_network_that_can_not_take_it_is_refused_when_it_is_saved(editor: User) -> None:
    """Private messages on X take 10,000; in public 280 do."""
    texts = [*says(nl="kort"), {"language": "nl", "network": "x", "text": "x" * 290}]
    made = canned.create_canned(editor, name="a", shortcut="a", texts=texts)
    with pytest.raises(Invalid) as refused:
        canned.change_canned(editor, made.pk, visibility="public")
    assert list(refused.value.errors) == ["texts.1.text"]
    assert "296" in str(refused.value.errors["texts.1.text"][0])


def test_the_preview_says_how_long_each_text_can_become(editor: User) -> None:
    an_inbox()
    texts = [*says(nl="x" * 400, en="Hi {{customer}}{{#if reference}} {{reference}}{{/if}}")]
    shown = preview(editor, canned.unsaved(texts=texts, fallback="nl"), [])
    assert [(one.language, one.visibility, one.too_long) for one in shown.lengths] == [
        ("nl", "public", True), ("nl", "private", False), ("en", "public", False), ("en", "private", False),
    ]  # fmt: skip
    english = shown.lengths[2]
    assert english.length.used == len("Hi ") + 20 + len(" ") + 20 + len(" ^WWWW")
    assert (shown.samples[1].text, shown.samples[1].without) == ("Hi Marit VL-271-604", "Hi ")


def test_a_change_is_written_down_with_what_was_there_before(editor: User) -> None:
    made = canned.create_canned(editor, name="a", shortcut="a", texts=says(nl="oud"))
    canned.change_canned(editor, made.pk, texts=says(nl="nieuw", en="new"), name="a")
    entry = AuditEntry.objects.get(verb="canned_changed")
    assert entry.detail["before"] == {"texts": says(nl="oud")}
    made.refresh_from_db()
    assert made.words == "nieuw\nnew"
    with pytest.raises(Missing):
        canned.change_canned(editor, 999_999, name="b")


# ── states, scopes, dates ────────────────────────────────────────────────────
def a_draft(editor: User, **values: Any) -> int:
    columns = {"name": "a", "shortcut": "a", "texts": says(nl="Hoi {{customer}}"), **values}
    return canned.create_canned(editor, **columns).pk


def test_a_draft_is_offered_once_it_is_active_and_no_longer_when_it_is_withdrawn(
    writer: User, editor: User, ticket: Ticket
) -> None:
    made = a_draft(editor)
    assert offers.offered(writer, ticket, "public", "") == []
    assert canned.activate_canned(editor, made).state == "active"
    assert the_offer(writer, ticket).id == made
    with pytest.raises(Conflict):
        canned.activate_canned(editor, made)
    canned.withdraw_canned(editor, made)
    assert offers.offered(writer, ticket, "public", "") == []
    with pytest.raises(Conflict):
        canned.withdraw_canned(editor, made)


@pytest.mark.parametrize(
    ("values", "path", "code"),
    [
        ({"texts": says(nl="Bel ons op 06 12345678")}, "texts.0.text", "personal_data.phone"),
        ({"texts": says(nl="kort", en="x" * 281)}, "texts.1.text", "length.exceeded"),
        (
            {"texts": says(nl="{{#if reference}}{{reference}} {{/if}}" + "x" * 270)}, "texts.0.text",
            "length.exceeded",
        ),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_can_not_be_activated(editor: User, values: dict[str, Any], path: str, code: str) -> None:
    made = a_draft(editor, **values)
    with pytest.raises(CannedBlocked) as refused:
        canned.activate_canned(editor, made)
    assert (list(refused.value.errors), refused.value.objections[0].code) == ([path], code)
    assert CannedResponse.objects.get().state == "draft"


def test_a_text_of_its_own_helps_where_the_other_is_too_long(editor: User) -> None:
    for network in ("x", "facebook_page"):
        an_inbox(network=network, own_id=network)
    texts = [*says(nl="x" * 290), {"language": "nl", "network": "x", "text": "kort"}]
    canned.activate_canned(editor, a_draft(editor, texts=texts))
    private = a_draft(editor, name="b", shortcut="b", texts=says(nl="x" * 290), visibility="private")
    canned.activate_canned(editor, private)
    facebook = a_draft(editor, name="c", shortcut="c", texts=says(nl="x" * 290), networks=["facebook_page"])
    canned.activate_canned(editor, facebook)


def test_what_is_on_offer_stays_within_the_rules_when_it_is_changed(editor: User) -> None:
    made = a_draft(editor)
    canned.activate_canned(editor, made)
    with pytest.raises(CannedBlocked):
        canned.change_canned(editor, made, texts=says(nl="Bel 06 12345678"))
    assert CannedResponse.objects.get().texts == says(nl="Hoi {{customer}}")
    canned.withdraw_canned(editor, made)
    canned.change_canned(editor, made, texts=says(nl="Bel 06 12345678"))


def test_a_rule_that_only_holds_for_a_team_counts_for_that_team(editor: User) -> None:
    RulebookVersion.objects.update(state="retired")
    RulebookVersion.objects.create(
        number=2, state="active", created_at=timezone.now(), changed_at=timezone.now(),
        document={"rules": {"phrases.banned": {
            "enabled": False, "phrases": ["koetjes"],
            "overrides": [{"when": {"team": "Rail"}, "enabled": True, "severity": "block"}],
        }}},
    )  # fmt: skip
    team = Team.objects.create(name="Rail")
    words = says(nl="Over koetjes en kalfjes")
    canned.activate_canned(editor, a_draft(editor, texts=words))
    with pytest.raises(CannedBlocked):
        canned.activate_canned(editor, a_draft(editor, name="b", shortcut="b", texts=words, team_id=team.pk))


def test_a_scope_keeps_it_to_networks_and_inboxes(writer: User, editor: User, ticket: Ticket) -> None:
    other = an_inbox(name="Ander", own_id="2")
    a_canned("a", networks=["facebook_page"])
    a_canned("b", networks=["facebook_page", "x"])
    a_canned("c").inboxes.set([other])
    a_canned("d").inboxes.set([other, ticket.inbox])
    assert [one.name for one in offers.offered(writer, ticket, "public", "")] == ["b", "d"]


def test_what_is_past_its_last_day_is_not_offered_nor_activated(writer: User, editor: User, ticket: Ticket) -> None:
    today = timezone.localdate()
    a_canned("a", expires_on=today)
    a_canned("b", expires_on=today - timedelta(days=1))
    assert the_offer(writer, ticket).name == "a"
    with pytest.raises(Conflict):
        canned.activate_canned(editor, a_draft(editor, name="c", shortcut="c", expires_on=today - timedelta(days=1)))


def test_scope_owner_and_dates_are_checked_and_kept(writer: User, editor: User) -> None:
    inbox, day = an_inbox(), date(2026, 12, 1)
    made = a_draft(editor, inbox_ids=[inbox.pk], networks=["x"], review_on=day, kind="holding_statement")
    kept = CannedResponse.objects.get(pk=made)
    assert (kept.owner, list(kept.inboxes.all()), kept.review_on, kept.state) == (editor, [inbox], day, "draft")
    wrong = {"inbox_ids": [99], "networks": ["myspace"], "owner_id": writer.pk, "kind": "novel", "expires_on": "x"}
    with pytest.raises(Invalid) as refused:
        canned.change_canned(editor, made, **wrong)
    assert set(refused.value.errors) == {"inboxes", "networks", "owner", "kind", "expires_on"}
    canned.change_canned(editor, made, inbox_ids=[], review_on=None, owner_id=None)
    before = AuditEntry.objects.get(verb="canned_changed").detail["before"]
    assert before == {"inbox_ids": [inbox.pk], "review_on": "2026-12-01", "owner_id": editor.pk}


def test_the_owner_is_told_once_when_the_day_of_the_review_has_come(editor: User) -> None:
    now = timezone.now()
    made = a_draft(editor, review_on=timezone.localdate(now))
    a_draft(editor, name="b", shortcut="b", review_on=timezone.localdate(now) + timedelta(days=1))
    a_draft(editor, name="c", shortcut="c", review_on=timezone.localdate(now), owner_id=None)
    assert (canned_reviews.tell_owners(now), canned_reviews.tell_owners(now)) == (2, 0)
    notice = Notification.objects.get()
    assert (notice.user, notice.kind, notice.params) == (editor, "canned_review", {"name": "a", "canned": made})
    assert "should be read again" in sentence(notice)
    canned.change_canned(editor, made, name="aa")
    assert canned_reviews.tell_owners(now) == 0, "the same date is told once"
    canned.change_canned(editor, made, review_on=timezone.localdate(now) - timedelta(days=1))
    assert canned_reviews.tell_owners(now) == 1
