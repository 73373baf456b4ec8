"""The report of a crisis as PDF, read back: it says what the page says, in letters of any kind."""

from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from desk.actions.crises import crises, crisis_report
from desk.api.description import description
from desk.crises.models import Crisis, CrisisEntry
from desk.people.models import User
from desk.people.permissions import Role
from desk.web.paper import sayable
from tests.actions.builders import a_mention, an_inbox, minutes, own_words, take_in
from tests.actions.promised import promise
from tests.api.caller import Caller
from tests.web.colleagues import colleague, signed_in

_RED = b"0.7451 0.2353 0.1961 rg"
pytestmark = pytest.mark.django_db


@pytest.fixture
def noor() -> User:
    return colleague(Role.COMMS)


@pytest.fixture
def crisis(noor: User) -> Crisis:
    """With three messages, an answer, a summary, and something to be done."""
    promise(first=20)
    inbox = an_inbox()
    begun = crises.start(noor, reason="De trein staat stil", level=2, now=minutes(0))
    take_in(inbox, [
        a_mention("1", at=1, by="ada", text="De trein staat stil, een schande 😡"),
        a_mention("2", at=2, by="bob", text="Поезд стоит 👍"),
        a_mention("3", at=8, by="cor", text="Één coördinatrice zei: “straks” – €5"),
        own_words("4", parent_id="1", at=11),
    ], now=minutes(12))  # fmt: skip
    crisis_report.write_summary(noor, begun.pk, "Een wissel was stuk.\nHij is gemaakt.", now=minutes(20))
    crisis_report.add_action(noor, begun.pk, "Draaiboek herzien", owner_id=noor.pk, due=date(2026, 3, 20))
    return crises.stand_down(noor, begun.pk, reason="Hij rijdt", now=minutes(30))


def read(crisis: Crisis, role: str = Role.COMMS) -> PdfReader:
    answer = signed_in(role).get(f"/crises/{crisis.pk}/report/report.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == f'attachment; filename="crisis-{crisis.pk}.pdf"'
    return PdfReader(BytesIO(answer.content))


def words_of(pdf: PdfReader) -> str:
    """All of it on one line."""
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def test_it_says_what_the_page_says(crisis: Crisis, noor: User) -> None:
    pdf = read(crisis)
    words = words_of(pdf)
    for said in (
        "Report: De trein staat stil",
        "Een wissel was stuk. Hij is gemaakt.",
        "First answer 11 min after its start",
        "Lasted 30 min",
        "In the crisis, 3 tickets",
        "3 messages, 1 of them negative; 1 answer",
        f"Draaiboek herzien {noor.name} 20 Mar 2026",
        "Started: Level 2, elevated",
        "Stood down",
        "The chain holds: 4 entries.",
    ):
        assert said in words
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Report: De trein staat stil"


def test_the_digest_of_every_entry_stands_in_it(crisis: Crisis) -> None:
    words = words_of(read(crisis)).replace(" ", "")
    crisis.refresh_from_db()
    for digest in (*CrisisEntry.objects.values_list("digest", flat=True), crisis.log_digest):
        assert digest in words


def test_letters_of_any_kind_are_there_and_what_cannot_be_drawn_has_its_name(crisis: Crisis) -> None:
    words = words_of(read(crisis))
    assert "Één coördinatrice zei: “straks” – €5" in words
    assert "Поезд стоит 👍" in words
    assert "een schande [pouting face]" in words
    assert sayable("naïef 👨‍👩‍👧 ✔️\n") == "naïef [man][woman][girl] ✔\n"


def test_its_curve_is_drawn_and_not_a_picture(crisis: Crisis) -> None:
    pdf = read(crisis)
    assert not any(page.images for page in pdf.pages)
    drawn = b"".join(found.get_data() for page in pdf.pages if (found := page.get_contents()) is not None)
    assert drawn.count(_RED) == 2  # the negative feet of two columns, and nothing else


def test_it_is_in_the_readers_language(crisis: Crisis) -> None:
    User.objects.update(language="nl")
    pdf = read(crisis)
    assert "Rapport: De trein staat stil" in words_of(pdf)
    assert str(pdf.root_object["/Lang"]) == "nl"


def test_a_long_log_has_its_pages_and_a_head_on_each(crisis: Crisis, noor: User) -> None:
    for number in range(60):
        crises.note(noor, crisis.pk, f"Besluit {number}: " + "geen interviews " * 10)
    pdf = read(crisis)
    assert len(pdf.pages) >= 4
    assert "Besluit 59" in words_of(pdf)
    assert f"page 2 of {len(pdf.pages)}" in pdf.pages[1].extract_text()


def test_who_may_not_see_the_report_gets_no_file(crisis: Crisis) -> None:
    assert signed_in(Role.AGENT).get(f"/crises/{crisis.pk}/report/report.pdf").status_code == 403
    assert signed_in(Role.COMMS).get("/crises/999999/report/report.pdf").status_code == 404


def test_a_program_reads_the_same_paper_with_a_token(crisis: Crisis, noor: User) -> None:
    answer = Caller(noor).get(f"crises/{crisis.pk}/report/pdf/").response
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert words_of(PdfReader(BytesIO(answer.content)))[:40] == words_of(read(crisis))[:40]
    assert Caller(colleague(Role.AGENT)).get(f"crises/{crisis.pk}/report/pdf/").status == 403
    assert Caller(noor).get("crises/999999/report/pdf/").status == 404
    described = description()["paths"]["/api/v1/crises/{crisis_id}/report/pdf/"]["get"]
    assert list(described["responses"]["200"]["content"]) == ["application/pdf"]
