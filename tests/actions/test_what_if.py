"""What-if: what a version would have said of replies that left, of canned responses and of a file."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from desk.actions.crises import crises
from desk.actions.crises.crisis_past import LevelsThen
from desk.actions.inboxes.channels import channel, facts_of
from desk.actions.rulebooks import rulebooks, what_if, what_if_run
from desk.actions.rulebooks.what_if_subjects import replies
from desk.common.errors import Conflict, Invalid, Missing, NotPermitted
from desk.common.media import cleaned
from desk.people.models import AuditEntry, Team, User
from desk.replies import files
from desk.replies.models import CannedResponse, Reply
from desk.rulebooks.active import in_force
from desk.rulebooks.models import WhatIf, WhatIfCount, WhatIfFinding, WhatIfLine, WhatIfText
from desk.tickets.models import Ticket
from policies.facts import ReplyFacts
from policies.rulebook_form import parse
from policies.what_if import WhatIf as Comparison
from tests.actions.builders import a_mention, a_message, an_inbox, take_in
from tests.actions.what_ifs import FINE, PHONE, SHORT, STRICT, a_draft, answered, asked, figures, sent
from tests.canned import a_canned, says
from tests.files import PNG

pytestmark = pytest.mark.django_db


@pytest.fixture
def mila() -> User:
    return User.objects.create_user("mila", role="supervisor", signature="MS")


@pytest.fixture
def suze() -> User:
    return User.objects.create_user("suze", role="agent", signature="SV")


@pytest.fixture
def ticket() -> Ticket:
    take_in(an_inbox(), [a_mention("1")], now=timezone.now())
    return Ticket.objects.get()


# ── what is found ────────────────────────────────────────────────────────────
def test_it_counts_what_would_have_been_stopped_and_what_is_new_and_gone(
    mila: User, suze: User, ticket: Ticket
) -> None:
    rail = Team.objects.create(name="Rail")
    Ticket.objects.update(team=rail)
    for text in (FINE, FINE, SHORT, PHONE):
        sent(ticket, suze, text)
    sent(ticket, mila, SHORT)
    run = answered(asked(mila, a_draft(mila).number))
    assert (run.state, run.total, run.checked) == ("done", 5, 5)
    everything = {
        "checked": 5, "found": 3, "block": 3, "block_before": 1, "warn_before": 2, "added": 3, "gone": 1,
    }  # fmt: skip
    assert figures(run, "all") == everything
    assert figures(run, "team", "Rail") == everything
    assert figures(run, "agent", "mila") == {
        "checked": 1, "found": 1, "block": 1, "warn_before": 1, "added": 1,
    }  # fmt: skip
    assert figures(run, "rule", "links.shortener") == {"found": 2, "block": 2, "warn_before": 2, "added": 2}
    assert figures(run, "rule", "personal_data.phone") == {"found": 1, "block_before": 1, "gone": 1}
    assert figures(run, "rule", "phrases.banned") == {"found": 1, "block": 1, "added": 1}


def test_texts_without_a_finding_leave_no_row(mila: User, suze: User, ticket: Ticket) -> None:
    for words in (FINE, SHORT, FINE):
        sent(ticket, suze, words)
    run = answered(asked(mila, a_draft(mila).number))
    (text,) = WhatIfText.objects.filter(run=run)
    assert (text.reply is not None and text.reply.text, text.agent, text.severity) == (SHORT, "suze", "block")
    (short,) = text.findings.filter(code="links.shortener")
    start = SHORT.index("https")
    assert short.spots == [[start, start + len("https://bit.ly/abc"), {"host": "bit.ly"}]]
    assert short.spots_before is None


def test_only_replies_that_left_in_that_time_are_looked_at(mila: User, suze: User, ticket: Ticket) -> None:
    sent(ticket, suze, SHORT, ago=timedelta(days=8))
    sent(ticket, suze, SHORT, state="cancelled", sent_at=None)
    sent(ticket, suze, SHORT, ago=timedelta(days=6))
    assert answered(asked(mila, a_draft(mila).number, days=7)).checked == 1


def test_the_active_version_can_be_asked_about_itself_and_nothing_is_new(
    mila: User, suze: User, ticket: Ticket
) -> None:
    sent(ticket, suze, SHORT)
    run = answered(asked(mila, in_force().number))
    found = figures(run, "all")
    assert (found["found"], found["warn"], found.get("added"), found.get("gone")) == (1, 1, None, None)


def test_a_draft_that_is_changed_meanwhile_is_checked_as_it_was(mila: User, suze: User, ticket: Ticket) -> None:
    sent(ticket, suze, SHORT)
    draft = a_draft(mila)
    run = asked(mila, draft.number)
    rulebooks.change_draft(mila, draft.number, document={})
    assert figures(answered(run), "all")["block"] == 1


def test_another_format_of_signatures_counts_in_the_length(mila: User, suze: User, ticket: Ticket) -> None:
    just_fits = "Sorry, vervelend: " + "a" * (280 - len("Sorry, vervelend: ") - len(" ^SV"))
    sent(ticket, suze, just_fits)
    run = answered(asked(mila, a_draft(mila, {"signature": {"format": "-- {initials}"}}).number))
    assert figures(run, "rule", "length.exceeded") == {"found": 1, "block": 1, "added": 1}


def test_the_facts_are_those_that_the_check_had(mila: User, suze: User) -> None:
    """A new fact of the check has to be gathered here as well, or this fails."""
    inbox, now = an_inbox(), timezone.now()
    take_in(inbox, [a_mention("1", text="Waar is mijn trein?"), a_message("2")], now=now)
    Ticket.objects.update(team=Team.objects.create(name="Rail"))
    noor = User.objects.create_user("noor", role="comms")
    crises.start(noor, reason="De trein staat stil", level=2, now=now - timedelta(minutes=5))
    under = in_force()
    for ticket in Ticket.objects.select_related("inbox", "team", "profile"):
        for visibility in ("public", "private"):
            chosen = channel(ticket, visibility, now)
            if chosen is None:
                continue
            Reply.objects.all().delete()
            reply = sent(ticket, suze, SHORT, ago=timedelta(0), visibility=visibility, sent_at=now)
            attached = [files.keep(reply, cleaned(PNG), "kaart.png", "Een kaart", suze, now)]
            wanted = facts_of(ticket, suze, SHORT, chosen, now, "en", under, attached)
            run = WhatIf(days=1, since=now - timedelta(days=1), asked_at=now + timedelta(seconds=1))
            levels = LevelsThen(now - timedelta(days=1), run.asked_at)
            (subject,) = replies(run, Comparison(under.rulebook, under.rulebook), levels, 10)
            assert subject.id == reply.pk
            assert _told(subject.facts) == _told(wanted)
            assert wanted.crisis_level == 2


def _told(facts: ReplyFacts) -> dict[str, Any]:
    only_the_network_knows = {"reply_allowed", "window_closes_at", "original_deleted"}
    return {name: getattr(facts, name) for name in facts.__dataclass_fields__ if name not in only_the_network_knows}


def test_the_level_of_a_crisis_is_the_one_that_held_then(mila: User, ticket: Ticket) -> None:
    noor = User.objects.create_user("noor", role="comms")
    now = timezone.now()
    back = [now - timedelta(hours=hours) for hours in range(8)]
    crisis = crises.start(noor, reason="Storing", level=1, now=back[6])
    crises.set_level(noor, crisis.pk, 2, reason="Erger", now=back[4])
    crises.stand_down(noor, crisis.pk, reason="Voorbij", now=back[2])
    levels = LevelsThen(back[7], now)
    moments = [(ticket.pk, back[hours] + timedelta(minutes=30)) for hours in (7, 6, 4, 2)]
    found = levels.of(moments)
    assert [found.get(moment, 0) for moment in moments] == [0, 1, 2, 0]


def test_level_3_that_lapsed_was_level_2_from_the_moment_at_which_it_did(ticket: Ticket) -> None:
    noor, now = User.objects.create_user("noor", role="comms"), timezone.now()
    begun = now - timedelta(hours=3)
    crises.start(noor, reason="Brand", level=3, now=begun)
    crises.lapse_due(now - timedelta(hours=1))  # the sweep was late
    moments = [(ticket.pk, begun + timedelta(minutes=minutes)) for minutes in (20, 40)]
    found = LevelsThen(begun - timedelta(hours=1), now).of(moments)
    assert [found.get(moment, 0) for moment in moments] == [3, 2]


# ── canned responses ─────────────────────────────────────────────────────────
def test_a_canned_response_that_would_be_too_long_or_break_a_rule_is_told_once_with_its_places(
    mila: User, ticket: Ticket
) -> None:
    a_canned("Lang", "Hoi {{customer}}. " + "Heel lang. " * 30)
    a_canned("Goed", texts=says(nl=FINE, en="We look into it, thank you."))
    a_canned("Bel", PHONE, visibility="private")
    run = answered(asked(mila, a_draft(mila).number))
    long_one, call = WhatIfText.objects.filter(run=run, kind="template").order_by("name", "id")[::-1]
    assert (long_one.name, long_one.severity, long_one.before, long_one.added) == ("Lang", "block", "block", False)
    assert long_one.text.startswith("Hoi Marit.")
    assert long_one.places == [["x", "public"]]
    assert (call.name, call.severity, call.before) == ("Bel", "block", "")
    assert call.places == [["x", "private"]]
    assert figures(run, "templates") == {
        "checked": 4, "found": 2, "block": 2, "block_before": 1, "added": 1,
    }  # fmt: skip
    assert not WhatIfCount.objects.filter(run=run, kind="rule").exists()  # which are of replies
    CannedResponse.objects.all().delete()
    assert WhatIfText.objects.filter(run=run, template=None).count() == 2  # what was found stays


# ── a file ───────────────────────────────────────────────────────────────────
CSV = (
    "text,network,visibility,language,team,agent\n"
    f'"{SHORT}",x,public,nl,Rail,suze\n'
    "Dank je wel,telex,public,nl,,\n"
    f'"Hoi,\nregel twee {PHONE}",x,public,nl,,iemand anders\n'
    "te weinig,x\n"
    f'"{FINE}",x,Private,NL,Rail,suze\n'
)


def test_the_texts_of_a_file_are_checked_and_lines_that_cannot_be_used_are_named(mila: User, suze: User) -> None:
    run = what_if.ask_about_file(mila, a_draft(mila).number, raw=CSV.encode(), file_name="maart.csv")
    assert (run.total, run.refused_count, run.file_name) == (3, 2, "maart.csv")
    assert run.refused == [
        {"line": 3, "column": "network", "reason": "network"},
        {"line": 6, "column": "", "reason": "columns"},
    ]
    answered(run)
    assert figures(run, "all") == {
        "checked": 3, "found": 2, "block": 2, "block_before": 1, "warn_before": 1, "added": 2, "gone": 1,
    }  # fmt: skip
    assert figures(run, "agent", "iemand anders")["block"] == 1
    assert figures(run, "team", "Rail")["checked"] == 2
    assert [one.line.number for one in WhatIfText.objects.filter(run=run).order_by("id") if one.line] == [2, 4]
    assert not WhatIfFinding.objects.filter(run=run, code="signature.other").exists()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"\xff\xfe\x00", "UTF-8"),
        (b"text,network\nx,x\n", "visibility, language"),
        (b"text,network,visibility,language,tekst\n", "tekst"),
        (b"text,text,network,visibility,language\n", "twice"),
        (b"", "no text"),
        (b"text,network,visibility,language\n", "no text"),
        (b"x" * 20_000_001, "larger"),
    ],
)
def test_a_file_that_is_none_is_refused_whole(mila: User, raw: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        what_if.ask_about_file(mila, in_force().number, raw=raw)
    assert list(refused.value.errors) == ["file"]
    assert not WhatIf.objects.exists()


def test_the_lines_of_a_file_are_hostile_and_do_no_harm(mila: User) -> None:
    lines = [
        "text,network,visibility,language,team,agent",
        "a\x00b,x,public,nl,,",
        f"{'x' * 20_001},x,public,nl,,",
        f"{'y' * 140_000},x,public,nl,,",
        "\u202eomgekeerd 👍 ^ZZ,x,public,nl,,",
        f"goed,x,public,nl,{'t' * 90},",
        "   ,x,public,nl,,",
        "=cmd|' /C calc'!A0,x,public,nederlands,,",
        '"nooit gesloten,x,public,nl,,',
    ]
    raw = "\n".join(lines).encode()
    run = what_if.ask_about_file(mila, in_force().number, raw=raw, file_name="x\x00\n" + "y" * 300)
    assert [(one["line"], one["reason"]) for one in run.refused] == [
        (2, "character"), (3, "too_long"), (4, "unreadable"), (6, "name_too_long"), (7, "empty"), (8, "language"),
        (9, "columns"),
    ]  # fmt: skip
    assert (run.total, len(run.file_name)) == (1, 200)
    assert answered(run).checked == 1


def test_semicolons_and_a_mark_at_the_beginning_are_what_spreadsheets_write(mila: User) -> None:
    raw = "\ufefftext;network;visibility;language\r\nHoi, daar;x;public;nl\r\n".encode()
    run = what_if.ask_about_file(mila, in_force().number, raw=raw)
    assert WhatIfLine.objects.get(run=run).text == "Hoi, daar"


# ── who may, and how many ────────────────────────────────────────────────────
def test_agents_may_not_and_what_is_asked_is_written_down(mila: User, suze: User) -> None:
    with pytest.raises(NotPermitted):
        asked(suze, 1)
    with pytest.raises(NotPermitted):
        what_if.ask_about_file(suze, 1, raw=CSV.encode())
    with pytest.raises(NotPermitted):
        what_if.cancel(suze, 1)
    run = asked(mila, 1)
    what_if.cancel(mila, run.pk)
    verbs = list(AuditEntry.objects.filter(subject="whatif").order_by("id").values_list("verb", flat=True))
    assert verbs == ["what_if_asked", "what_if_cancelled"]


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (lambda me: asked(me, 99), Missing),
        (lambda me: asked(me, 1, days=0), Invalid),
        (lambda me: asked(me, 1, days=367), Invalid),
        (lambda me: what_if.cancel(me, 99), Missing),
    ],
)
def test_what_makes_no_sense_is_refused(mila: User, ask: Callable[[User], object], error: type[Exception]) -> None:
    with pytest.raises(error):
        ask(mila)


def test_only_so_many_run_at_a_time(mila: User) -> None:
    for _ in range(what_if.MOST_RUNNING):
        asked(mila, 1)
    with pytest.raises(Conflict, match="running"):
        asked(mila, 1)


def test_more_replies_than_one_run_takes_are_refused(
    mila: User, suze: User, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(what_if, "MOST_REPLIES", 1)
    sent(ticket, suze, FINE)
    asked(mila, 1)
    sent(ticket, suze, FINE)
    with pytest.raises(Invalid, match="fewer days"):
        asked(mila, 1)


def test_old_runs_are_forgotten_with_all_that_hangs_on_them(
    mila: User, suze: User, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(ticket, suze, SHORT)
    old = answered(asked(mila, 1))
    file = answered(what_if.ask_about_file(mila, 1, raw=CSV.encode()))
    running = asked(mila, 1)
    assert what_if_run.forget_old(timezone.now()) == 0
    monkeypatch.setattr(what_if_run, "MOST_KEPT", 1)
    assert what_if_run.forget_old(timezone.now()) == 1
    assert set(WhatIf.objects.values_list("pk", flat=True)) == {file.pk, running.pk}
    assert not WhatIfText.objects.filter(run_id=old.pk).exists()
    assert what_if_run.forget_old(timezone.now() + what_if_run.KEPT * 2) == 1
    assert set(WhatIf.objects.values_list("pk", flat=True)) == {running.pk}
    assert (WhatIfFinding.objects.count(), WhatIfCount.objects.count(), WhatIfLine.objects.count()) == (0, 0, 0)


def test_a_document_that_is_kept_is_one_that_can_be_read(mila: User) -> None:
    run = asked(mila, a_draft(mila).number)
    assert parse(run.document) == parse(STRICT)
