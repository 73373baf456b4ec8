"""Writing: drafts, findings, sending, calling back, and what is stuck."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.actions.replies import reply as replies
from desk.inboxes.models import Inbox
from desk.people.models import Team, User
from desk.replies.models import Draft, Reply
from desk.tickets.models import Ticket
from tests.actions.builders import a_mention, an_inbox, deleted, take_in
from tests.canned import a_canned, says
from tests.web.browsing import Browser, asked_by

WORDS = "Hoi Marit, de trein komt om tien over negen."


def send(browser: Browser, ticket: Ticket, text: str = WORDS, **more: str) -> HttpResponse:
    """As the composer does, having seen everything up to now unless `seen` says otherwise."""
    seen = str(ticket.events.latest("id").pk)
    return browser.send(
        f"/tickets/{ticket.pk}/reply/",
        **{"text": text, "visibility": "public", "key": uuid4().hex, "seen": seen, **more},
    )


def save(browser: Browser, ticket: Ticket, text: str, visibility: str = "public", seen: str = "") -> HttpResponse:
    return browser.send(f"/tickets/{ticket.pk}/draft/", text=text, visibility=visibility, seen=seen)


def test_a_draft_is_kept_and_measured(browser: Browser, ticket: Ticket) -> None:
    answer = save(browser, ticket, WORDS)
    assert f"{len(WORDS)} + 4 for ^SV, of 280" in answer.content.decode()
    assert WORDS in browser.page(f"/tickets/{ticket.pk}/")


def test_each_colleague_has_a_draft_of_their_own(browser: Browser, sanne: User, ticket: Ticket) -> None:
    save(browser, ticket, "van Suze")
    save(Browser(sanne), ticket, "van Sanne")
    assert "van Suze" in browser.page(f"/tickets/{ticket.pk}/")
    assert "van Sanne" not in browser.page(f"/tickets/{ticket.pk}/")


def test_an_emptied_draft_is_gone(browser: Browser, ticket: Ticket) -> None:
    save(browser, ticket, WORDS)
    save(browser, ticket, "  ")
    assert not Draft.objects.exists()


def fixes(verdict: str) -> list[tuple[str, str, str, str, str]]:
    """Kind, start, end, text and words of each button, in their order."""
    form = r'data-fix="(\w+)" data-start="(\d+)" data-end="(\d+)" data-text="([^"]*)"[^>]*>([^<]*)'
    found = re.findall(form, verdict)
    return [(kind, start, end, unescape(put), unescape(words).strip()) for kind, start, end, put, words in found]


def test_findings_name_the_place_and_offer_every_fix_of_the_rule(browser: Browser, ticket: Ticket) -> None:
    text = save(browser, ticket, "Mail jan@jansen.nl even").content.decode()
    assert 'data-severity="block" data-start="5" data-end="18"' in text
    assert fixes(text) == [
        ("move_to_private", "0", "0", "", "Move to private"),
        ("mask", "5", "18", "***@******.**", "Mask it"),
    ]
    assert 'data-blocking="1"' in text
    assert [f'aria-keyshortcuts="Alt+{key}"' in text for key in (1, 2, 3)] == [True, True, False]


@pytest.mark.parametrize(
    ("said", "fix"),
    [
        ("Kijk op https://ns.nl/?utm_source=x&id=1", ("replace", "8", "40", "https://ns.nl/?id=1", "Use “https://ns.nl/?id=1”")),
        ("Dank je wel! ^PB", ("delete", "13", "16", "", "Delete it")),
        ("Dank je wel!!!", ("replace", "11", "14", "!", "Use “!”")),
        ("Dat zoekt @ruud uit voor je", ("replace", "10", "15", "ruud", "Use “ruud”")),
        (f"{'woord ' * 46}en nog", ("shorten", "275", "282", "", "Cut it here")),
    ],
)  # fmt: skip
def test_each_kind_of_fix_says_what_it_does(browser: Browser, ticket: Ticket, said: str, fix: tuple[str, ...]) -> None:
    assert fix in fixes(save(browser, ticket, said).content.decode())


def test_only_the_first_nine_fixes_have_a_key_and_each_is_described_by_its_finding(
    browser: Browser, ticket: Ticket
) -> None:
    text = save(browser, ticket, " ".join(f"jan{number}@jansen.nl" for number in range(6))).content.decode()
    assert len(fixes(text)) == 12
    assert re.findall(r'aria-keyshortcuts="Alt\+(\d+)"', text) == [str(key) for key in range(1, 10)]
    assert re.findall(r'aria-describedby="found-(\d)"', text) == [
        str(line) for line in range(1, 7) for _fix in range(2)
    ]
    assert all(f'id="found-{line}"' in text for line in range(1, 7))


def test_where_the_private_way_is_closed_no_fix_leads_there(browser: Browser, inbox: Inbox) -> None:
    Inbox.objects.filter(pk=inbox.pk).update(network="facebook_page")
    inbox.refresh_from_db()
    asked_last_week = asked_by(inbox, "joris", "Waar blijft de trein?", minutes_ago=8 * 24 * 60)
    assert {kind for kind, *_rest in fixes(save(browser, asked_last_week, "Mail jan@jansen.nl").content.decode())} == {
        "mask"
    }
    asked_today = asked_by(inbox, "anna", "Waar blijft de trein?")
    found = fixes(save(browser, asked_today, "Mail jan@jansen.nl").content.decode())
    assert [kind for kind, *_rest in found] == ["move_to_private", "mask"]


def test_what_the_rules_block_does_not_leave(browser: Browser, ticket: Ticket) -> None:
    answer = send(browser, ticket, "Mail jan@jansen.nl even")
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "#verdict"
    assert not Reply.objects.exists()


def test_a_reply_is_on_its_way_and_can_be_called_back(browser: Browser, ticket: Ticket) -> None:
    text = send(browser, ticket).content.decode()
    reply = Reply.objects.get()
    assert reply.signed_text == f"{WORDS} ^SV"
    assert f'id="undo-{reply.pk}"' in text
    assert "leaves in" in text
    assert "data-anew" in text
    undone = browser.send(f"/replies/{reply.pk}/undo/").content.decode()
    assert Reply.objects.get().state == "cancelled"
    assert WORDS in undone.split("<textarea")[1]


def test_the_same_key_twice_is_one_reply(browser: Browser, ticket: Ticket) -> None:
    key = uuid4().hex
    assert send(browser, ticket, key=key).status_code == 200
    assert send(browser, ticket, key=key).status_code == 200
    assert Reply.objects.count() == 1


def test_a_reply_that_began_before_the_newest_message_is_held_back_once(
    browser: Browser, inbox: Inbox, ticket: Ticket
) -> None:
    seen = str(ticket.events.latest("id").pk)
    root = ticket.conversation.thread_id
    take_in(
        inbox, [a_mention("later", text="Laat maar", thread_id=root, created_at=timezone.now())], now=timezone.now()
    )
    answer = send(browser, ticket, seen=seen)
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#stale"
    assert b"1 new message since you began." in answer.content
    assert not Reply.objects.exists()
    assert send(browser, ticket, seen=seen, anyway="1").status_code == 200


def test_a_draft_that_fell_behind_says_so_until_it_is_read(browser: Browser, inbox: Inbox, ticket: Ticket) -> None:
    browser.part(f"/tickets/{ticket.pk}/")
    save(browser, ticket, WORDS)
    root = ticket.conversation.thread_id
    take_in(
        inbox, [a_mention("later", text="Laat maar", thread_id=root, created_at=timezone.now())], now=timezone.now()
    )
    assert "1 new message since you began." in browser.part(f"/tickets/{ticket.pk}/fresh/")
    browser.send(f"/tickets/{ticket.pk}/read-on/")
    assert "since you began" not in browser.part(f"/tickets/{ticket.pk}/fresh/")


def test_a_draft_says_that_the_customer_took_the_question_back(browser: Browser, inbox: Inbox, ticket: Ticket) -> None:
    browser.part(f"/tickets/{ticket.pk}/")
    save(browser, ticket, WORDS)
    take_in(inbox, [deleted(a_mention(ticket.messages.get().external_id), at=0)], now=timezone.now())
    page = browser.part(f"/tickets/{ticket.pk}/fresh/")
    assert "1 thing happened since you began." in page
    assert "The customer deleted this post, so it takes no public reply." in page
    assert WORDS in page  # and nobody's text is lost
    assert send(browser, ticket, seen="1").status_code == 409
    assert send(browser, ticket, anyway="1").status_code == 422


def test_words_that_no_draft_keeps_yet_fall_behind_too(browser: Browser, inbox: Inbox, ticket: Ticket) -> None:
    """The customer wrote again between the first key and the first time that the draft was saved."""
    seen = str(ticket.events.latest("id").pk)
    root = ticket.conversation.thread_id
    take_in(
        inbox, [a_mention("later", text="Laat maar", thread_id=root, created_at=timezone.now())], now=timezone.now()
    )
    assert "since you began" not in browser.part(f"/tickets/{ticket.pk}/fresh/?begun=")
    assert "1 new message since you began." in browser.part(f"/tickets/{ticket.pk}/fresh/?begun={seen}")
    save(browser, ticket, WORDS, seen=seen)
    assert "1 new message since you began." in browser.part(f"/tickets/{ticket.pk}/fresh/")


def test_a_deleted_post_closes_the_public_composer_and_says_why(browser: Browser, ticket: Ticket) -> None:
    ticket.messages.update(deleted_at=timezone.now())
    page = browser.part(f"/tickets/{ticket.pk}/")
    assert "The customer deleted this post, so it takes no public reply." in page
    assert 'data-choose="private"' in page


def test_an_uncertain_reply_asks_to_look_and_closes_the_composer(browser: Browser, ticket: Ticket) -> None:
    reply = stuck(browser, ticket, "unknown", "outcome_unknown")
    page = browser.part(f"/tickets/{ticket.pk}/")
    for expected in ("Look on X now", "It is there", "It is not, send again", 'role="alert"', "Wait for the outcome"):
        assert expected in page
    assert "may not have arrived" in browser.part("/queue/?view=problems")
    assert browser.send(f"/replies/{reply.pk}/again/").status_code == 200
    assert Reply.objects.get().state == "queued"


@pytest.mark.parametrize(
    ("state", "code", "words", "decision", "after"),
    [
        ("failed", "duplicate", "the very same text was posted just before", "cancel", "cancelled"),
        ("held", "auth_expired", "The account is signed out", "release", "queued"),
    ],
)
def test_a_stuck_reply_says_why_and_what_can_be_done(
    browser: Browser, ticket: Ticket, state: str, code: str, words: str, decision: str, after: str
) -> None:
    reply = stuck(browser, ticket, state, code)
    assert words in browser.part(f"/tickets/{ticket.pk}/")
    assert browser.send(f"/replies/{reply.pk}/{decision}/").status_code == 200
    assert Reply.objects.get().state == after


def test_a_note_stays_inside_and_empties_the_composer(browser: Browser, ticket: Ticket) -> None:
    save(browser, ticket, "intern", "note")
    text = browser.send(f"/tickets/{ticket.pk}/note/", text="intern").content.decode()
    assert 'class="entry note"' in text
    assert "data-anew" in text
    assert not Draft.objects.exists()
    assert not Reply.objects.exists()


def test_canned_responses_come_filled_in_and_in_the_customers_language(
    browser: Browser, inbox: Inbox, ticket: Ticket
) -> None:
    a_canned("Terugvragen", shortcut="terug", texts=says(nl="Hoi {{customer}}, zie de site.", en="Hi {{customer}}."))
    a_canned("Anders", "Iets anders", team=Team.objects.create(name="Andere"))
    address = f"/tickets/{ticket.pk}/canned/"
    assert "Hoi Marit, zie de site." in browser.part(f"{address}?q=ter&visibility=public")
    assert "Iets anders" not in browser.part(address)
    assert "No canned response fits." in browser.part(f"{address}?q=zzz")
    english = asked_by(inbox, "oliver", "Does the nine forty train to the coast stop at the harbour today?")
    Ticket.objects.filter(pk=english.pk).update(language="en")
    assert "Hi Oliver." in browser.part(f"/tickets/{english.pk}/canned/?q=terug")


def test_colleagues_are_offered_behind_an_at_sign(browser: Browser, sanne: User) -> None:
    assert 'data-insert="@sanne "' in browser.part("/colleagues/?q=sa")


def test_only_ones_own_reply_can_be_called_back(browser: Browser, sanne: User, ticket: Ticket) -> None:
    send(browser, ticket)
    answer = Browser(sanne).send(f"/replies/{Reply.objects.get().pk}/undo/")
    assert answer.status_code == 409
    assert "Only Suze Veenstra can call this reply back." in answer.content.decode()


def test_own_replies_that_leave_stand_at_the_foot_of_the_list(browser: Browser, sanne: User, ticket: Ticket) -> None:
    send(browser, ticket)
    assert f'id="undo-{Reply.objects.get().pk}"' in browser.page("/queue/")
    assert 'id="undo-' not in Browser(sanne).page("/queue/")


def stuck(browser: Browser, ticket: Ticket, state: str, code: str) -> Reply:
    reply = replies.submit(
        browser.person, ticket.pk, text=WORDS, visibility="public", idempotency_key=uuid4().hex, send_anyway=True
    )
    Reply.objects.filter(pk=reply.pk).update(
        state=state, problem_code=code, attempts=1, next_attempt_at=timezone.now() + timedelta(minutes=1)
    )
    Ticket.objects.filter(pk=ticket.pk).update(problem=state)
    return reply


def test_a_reply_says_what_it_began_as_and_what_is_done_once_it_is_sent(browser: Browser, ticket: Ticket) -> None:
    actions = [{"do": "tag", "value": "terug"}, {"do": "state", "value": "resolve"}]
    began = a_canned("Terug", "Hoi {{customer}}.", actions=actions)
    offered = browser.part(f"/tickets/{ticket.pk}/canned/?visibility=public")
    assert 'data-staged="tag:terug&#10;state:resolve&#10;"' in offered
    assert 'data-staged-words="tag terug&#10;resolve"' in offered
    refused = send(browser, ticket, canned=str(began.pk), staged="tag:iets anders")
    assert refused.status_code == 409
    assert send(browser, ticket, canned=str(began.pk), canned_text="Hoi", staged="tag:terug\n").status_code == 200
    reply = Reply.objects.get()
    assert (reply.canned_response, reply.canned_edited, reply.staged) == (began, True, actions[:1])
    began.refresh_from_db()
    assert began.times_used == 0, "it may still be called back"


def test_an_answer_says_behind_which_warning_it_stands_and_when_it_goes_without(browser: Browser, inbox: Inbox) -> None:
    warned = "⚠ vieze <b>trein</b>\n\n@vlotlijn kijk nou"
    behind, without = "Stands behind the warning “vieze &lt;b&gt;trein&lt;/b&gt;”", "With the warning it is too long"
    on_x = asked_by(inbox, "jan", warned)
    assert "Stands behind" not in browser.page(f"/tickets/{on_x.pk}/")
    masto = an_inbox(network="mastodon", name="Masto", own_id="4", base_url="https://vlotlijn.example")
    ticket = asked_by(masto, "piet", warned, network="mastodon")
    page = browser.page(f"/tickets/{ticket.pk}/")
    assert page.count(behind) == 2, "in public and in private"
    room = 500 - len("@piet ") - len(" ^SV") - len("vieze <b>trein</b>")
    for length, leaves_out in ((room, False), (room + 1, True), (500, False)):
        said = save(browser, ticket, "a" * length).content.decode()
        assert (without in said) == leaves_out, length
    plain = asked_by(masto, "els", "Kijk nou", network="mastodon")
    assert "Stands behind" not in browser.page(f"/tickets/{plain.pk}/")
    assert without not in save(browser, plain, "a" * (room + 1)).content.decode()


def test_a_keystroke_asks_the_database_for_each_fact_once(browser: Browser, ticket: Ticket) -> None:
    save(browser, ticket, WORDS)
    with CaptureQueriesContext(connection) as captured:
        save(browser, ticket, f"{WORDS} Groet")
    asked = [query["sql"] for query in captured]
    assert len(asked) <= 8, "\n".join(asked)
    assert sum('FROM "tickets_ticket"' in sql for sql in asked) == 1, "the ticket, with its customer, inbox and team"
    assert not any('FROM "crises_crisis" WHERE' in sql.split("(SELECT")[0] for sql in asked)
