"""The rulebook: two people switch it on, every reply is checked under it from then on, and history is never edited."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from desk.actions.replies.reply import Blocked, submit
from desk.actions.replies.send import send
from desk.actions.rulebooks import rulebooks
from desk.actions.rulebooks.rulebooks import ExampleFails
from desk.common.errors import Conflict, Invalid, NotPermitted
from desk.people.models import AuditEntry, User
from desk.replies.models import Reply
from desk.rulebooks.active import in_force, make_first
from desk.rulebooks.models import RulebookVersion
from tests.actions.builders import a_mention, an_inbox, take_in, the_ticket

pytestmark = pytest.mark.django_db
SHOUTS = "We zoeken het uit op https://bit.ly/abc"
STRICT: dict[str, Any] = {"rules": {"links.shortener": {"severity": "block"}}}


@pytest.fixture
def mila() -> User:
    return User.objects.create_user("mila", role="supervisor", signature="MS")


@pytest.fixture
def cato() -> User:
    return User.objects.create_user("cato", role="comms", signature="CD")


@pytest.fixture
def suze() -> User:
    return User.objects.create_user("suze", role="agent", signature="SV")


def handed_in(author: User, document: dict[str, Any] = STRICT) -> RulebookVersion:
    draft = rulebooks.write_draft(author, document=document, summary="Strenger")
    return rulebooks.hand_in(author, draft.number)


def switched_on(author: User, reviewer: User, document: dict[str, Any] = STRICT) -> RulebookVersion:
    return rulebooks.switch_on(reviewer, handed_in(author, document).number)


def states() -> list[tuple[int, str]]:
    return list(RulebookVersion.objects.order_by("number").values_list("number", "state"))


def test_a_desk_begins_with_an_active_rulebook_and_making_it_again_changes_nothing() -> None:
    make_first()
    assert states() == [(1, "active")]
    assert in_force().number == 1


def test_a_draft_begins_as_the_active_version_and_is_switched_on_by_somebody_else(mila: User, cato: User) -> None:
    draft = rulebooks.write_draft(mila)
    assert draft.document == RulebookVersion.objects.get(number=1).document
    with pytest.raises(Conflict, match="Draft"):
        rulebooks.switch_on(cato, draft.number)  # nobody has handed it in
    rulebooks.change_draft(mila, draft.number, document=STRICT, summary="Geen verkorters")
    rulebooks.hand_in(mila, draft.number)
    with pytest.raises(Conflict, match="colleague"):
        rulebooks.switch_on(mila, draft.number)
    rulebooks.switch_on(cato, draft.number)
    assert states() == [(1, "retired"), (2, "active")]
    assert in_force().number == 2
    verbs = AuditEntry.objects.order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["rulebook_drafted", "rulebook_changed", "rulebook_handed_in", "rulebook_switched_on"]


def test_whoever_wrote_last_does_not_review(mila: User, cato: User) -> None:
    draft = rulebooks.write_draft(mila)
    rulebooks.change_draft(cato, draft.number, document=STRICT)
    rulebooks.hand_in(mila, draft.number)
    with pytest.raises(Conflict, match="colleague"):
        rulebooks.switch_on(cato, draft.number)
    rulebooks.switch_on(mila, draft.number)


def test_what_was_handed_in_is_not_changed_until_it_is_given_back_with_a_reason(mila: User, cato: User) -> None:
    version = handed_in(mila)
    with pytest.raises(Conflict, match="draft"):
        rulebooks.change_draft(mila, version.number, document={})
    with pytest.raises(Invalid):
        rulebooks.give_back(cato, version.number, reason=" ")
    given_back = rulebooks.give_back(cato, version.number, reason="Waarom X ook?")
    assert (given_back.state, given_back.returned_because) == ("draft", "Waarom X ook?")
    rulebooks.change_draft(mila, version.number, document={})


def test_two_writers_of_one_draft_do_not_wipe_each_others_words(mila: User, cato: User) -> None:
    draft = rulebooks.write_draft(mila)
    seen = draft.changed_at
    rulebooks.change_draft(cato, draft.number, document=STRICT, seen=seen)
    with pytest.raises(Conflict) as refused:
        rulebooks.change_draft(mila, draft.number, document={}, seen=seen)
    assert refused.value.code == "stale"


def test_a_version_whose_example_fails_is_not_switched_on_and_the_example_is_shown(mila: User, cato: User) -> None:
    fails = {"examples": [{"text": "Dank je wel", "findings": []}, {"text": "Dank je wel", "findings": ["links.cost"]}]}
    version = handed_in(mila, fails)
    with pytest.raises(ExampleFails, match="Example 2") as refused:
        rulebooks.switch_on(cato, version.number)
    assert list(refused.value.errors) == ["examples[1]"]
    assert states() == [(1, "active"), (2, "in_review")]


def test_a_document_is_refused_with_every_problem_at_its_path(mila: User) -> None:
    with pytest.raises(Invalid) as refused:
        rulebooks.write_draft(mila, document={"rules": {"links.cost": {"enabled": "ja"}}, "extra": 1})
    assert set(refused.value.errors) == {"rules.links.cost.enabled", "extra"}


def test_the_way_back_is_a_new_version_with_the_old_words(mila: User, cato: User) -> None:
    switched_on(mila, cato)
    with pytest.raises(Conflict, match="active now"):
        rulebooks.roll_back(mila, 2)
    back = rulebooks.roll_back(mila, 1)
    assert states() == [(1, "retired"), (2, "retired"), (3, "active")]
    assert back.document == RulebookVersion.objects.get(number=1).document
    never = rulebooks.discard(mila, rulebooks.write_draft(mila).number)
    with pytest.raises(Conflict, match="never active"):
        rulebooks.roll_back(mila, never.number)


def test_agents_do_not_write_the_rulebook(suze: User) -> None:
    with pytest.raises(NotPermitted):
        rulebooks.write_draft(suze)


def test_the_next_reply_is_checked_under_what_was_switched_on_and_stamped_with_it(
    mila: User, cato: User, suze: User
) -> None:
    take_in(an_inbox(), [a_mention("1")], now=timezone.now())
    ticket = the_ticket()
    before = submit(suze, ticket.pk, text=SHOUTS, visibility="public", idempotency_key="1")
    assert before.rulebook_version.number == 1
    switched_on(mila, cato)
    with pytest.raises(Blocked):
        submit(suze, ticket.pk, text=SHOUTS, visibility="public", idempotency_key="2")
    # What was queued under the old version is looked at once more before it leaves.
    Reply.objects.filter(pk=before.pk).update(next_attempt_at=timezone.now())
    send(before.pk, timezone.now())
    before.refresh_from_db()
    assert (before.state, before.problem_code, before.rulebook_version.number) == ("held", "blocked_by_policy", 2)
    assert "links.shortener" in {finding["code"] for finding in before.findings}


def test_the_signature_takes_the_form_of_the_rulebook(mila: User, cato: User, suze: User) -> None:
    switched_on(mila, cato, {"signature": {"format": "~{initials}"}})
    take_in(an_inbox(), [a_mention("1")], now=timezone.now())
    reply = submit(suze, the_ticket().pk, text="We zoeken het uit.", visibility="public", idempotency_key="1")
    assert reply.signed_text == "We zoeken het uit. ~SV"


@pytest.mark.django_db(transaction=True)
def test_of_two_versions_that_are_switched_on_at_once_the_later_one_holds(mila: User, cato: User) -> None:
    numbers = [handed_in(mila).number, handed_in(mila).number]
    together, outcomes = threading.Barrier(2), []

    def go(number: int) -> None:
        try:
            together.wait(5)
            rulebooks.switch_on(cato, number)
            outcomes.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == numbers
    assert sorted(state for _number, state in states()) == ["active", "retired", "retired"]
