"""Weeks that are drawn and chains that are written: with the mouse, by keys alone, on a phone, and without a script."""

import itertools
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.screens import PHONE, Screens

pytestmark = pytest.mark.browser
CALENDARS = "/administration/response-times/calendars/"
CHAINS = "/administration/alert-chains/"
_numbers = itertools.count(1)


def a_name(kind: str) -> str:
    return f"{kind} {next(_numbers)}"


def a_calendar(page: Page, name: str) -> None:
    """A new calendar that is closed on all days but Monday, from nine to twelve."""
    page.goto(f"{CALENDARS}new/")
    page.get_by_label("Name", exact=True).fill(name)
    for day in ("Tuesday", "Wednesday", "Thursday", "Friday"):
        typed(page, day).fill("")
    typed(page, "Monday").fill("09:00–12:00")


def typed(page: Page, day: str) -> Locator:
    return page.get_by_role("textbox", name=day, exact=True)


def drawn(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def drag(page: Page, day: int, start: float, end: float, *, to_day: int | None = None) -> None:
    """With the mouse, from an hour in the column of a day (0 is Monday) to another."""
    fields = page.locator("svg.day")
    first, last = fields.nth(day).bounding_box(), fields.nth(day if to_day is None else to_day).bounding_box()
    assert first is not None
    assert last is not None
    hour = first["height"] / 24
    page.mouse.move(first["x"] + first["width"] / 2, first["y"] + start * hour)
    page.mouse.down()
    page.mouse.move(last["x"] + last["width"] / 2, first["y"] + (start + end) / 2 * hour)
    page.mouse.move(last["x"] + last["width"] / 2, first["y"] + end * hour)
    page.mouse.up()


def test_hours_are_drawn_moved_and_stretched_with_the_mouse(screens: Screens) -> None:
    page, name = screens.open("supervisor", "/"), a_name("Muis")
    a_calendar(page, name)
    drag(page, 1, 8.02, 12.53)
    expect(typed(page, "Tuesday")).to_have_value("08:00–12:30")
    drag(page, 1, 10, 11)
    expect(typed(page, "Tuesday")).to_have_value("09:00–13:30")
    drag(page, 1, 13.5, 15)
    expect(typed(page, "Tuesday")).to_have_value("09:00–15:00")
    drag(page, 1, 9, 10.25)
    expect(typed(page, "Tuesday")).to_have_value("10:15–15:00")
    drag(page, 1, 12, 13, to_day=2)
    expect(typed(page, "Tuesday")).to_have_value("")
    expect(typed(page, "Wednesday")).to_have_value("11:15–16:00")
    drag(page, 2, 12, 10, to_day=0)  # where Monday has hours already it can't lie
    expect(typed(page, "Monday")).to_have_value("09:00–12:00")
    drag(page, 4, 22, 6, to_day=5)
    expect(typed(page, "Friday")).to_have_value("22:00–06:00")
    expect(typed(page, "Saturday")).to_have_value("")
    drag(page, 5, 6, 7)  # the end, which lies on the next day
    expect(typed(page, "Friday")).to_have_value("22:00–07:00")
    page.get_by_role("button", name="Undo").click()
    expect(typed(page, "Friday")).to_have_value("22:00–06:00")
    page.get_by_role("button", name="Keep", exact=True).click()

    page.get_by_role("link", name=name).click()
    expect(drawn(page, "Wednesday 11:15 to 16:00")).to_be_visible()
    expect(drawn(page, "Friday 22:00 to 06:00 the next day")).to_be_visible()
    expect(typed(page, "Friday")).to_have_value("22:00–06:00")


def test_the_same_by_keys_alone(screens: Screens) -> None:
    page, name = screens.open("supervisor", "/"), a_name("Toets")
    a_calendar(page, name)
    press = page.keyboard.press

    page.get_by_role("button", name="Tuesday, add hours").focus()
    press("Enter")
    expect(drawn(page, "Tuesday 09:00 to 17:00")).to_be_focused()
    press("ArrowUp")
    press("Shift+ArrowDown")
    press("Alt+ArrowDown")
    press("Alt+ArrowDown")
    expect(typed(page, "Tuesday")).to_have_value("09:15–17:00")
    expect(page.locator("[data-week-status]")).to_have_text("Tuesday 09:15 to 17:00")
    press("ArrowRight")
    expect(drawn(page, "Wednesday 09:15 to 17:00")).to_be_focused()
    press("ArrowLeft")
    press("ArrowLeft")
    expect(page.locator("[data-week-status]")).to_have_text("There is no room for that.")
    press("Enter")
    expect(page.get_by_label("from", exact=True)).to_be_focused()
    page.keyboard.type("9.07")
    press("Tab")
    page.keyboard.type("1740")
    press("Enter")
    expect(drawn(page, "Tuesday 09:07 to 17:40")).to_be_focused()
    press("8")  # typing begins at once
    press("Enter")
    expect(drawn(page, "Tuesday 08:00 to 17:40")).to_be_focused()
    press("Delete")
    expect(typed(page, "Tuesday")).to_have_value("")
    expect(page.locator("[data-week-status]")).to_have_text("Removed: Tuesday 08:00 to 17:40")
    expect(page.get_by_role("button", name="Tuesday, add hours")).to_be_focused()
    press("Control+z")
    expect(typed(page, "Tuesday")).to_have_value("08:00–17:40")
    drawn(page, "Tuesday 08:00 to 17:40").focus()
    press("Shift+ArrowUp")
    expect(typed(page, "Tuesday")).to_have_value("08:00–17:25")
    press("Control+z")
    expect(drawn(page, "Tuesday 08:00 to 17:40")).to_be_focused()
    page.get_by_label("Copy", exact=True).select_option("Tuesday")
    page.get_by_role("button", name="Copy to Sunday").focus()
    press("Enter")
    expect(drawn(page, "Sunday 08:00 to 17:40")).to_be_visible()
    page.get_by_role("button", name="Keep", exact=True).focus()
    press("Enter")

    page.get_by_role("link", name=name).click()
    expect(drawn(page, "Tuesday 08:00 to 17:40")).to_be_visible()
    expect(drawn(page, "Sunday 08:00 to 17:40")).to_be_visible()


def test_text_is_the_truth_and_what_cant_be_read_is_left_alone(screens: Screens) -> None:
    screens.expect("status of 400")
    page = screens.open("supervisor", "/")
    a_calendar(page, a_name("Tekst"))
    typed(page, "Monday").fill("from nine")
    expect(page.locator("svg.day").first).to_contain_text("can’t be read")
    drag(page, 0, 13, 14)
    drag(page, 1, 13, 14)
    expect(typed(page, "Monday")).to_have_value("from nine")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator("[id='problem-week.mon']")).to_contain_text("from nine")
    expect(typed(page, "Tuesday")).to_have_value("13:00–14:00")
    typed(page, "Monday").fill("09:15-10:05, 22:00-24:00")
    expect(drawn(page, "Monday 09:15 to 10:05")).to_be_visible()
    expect(drawn(page, "Monday 22:00 to 24:00")).to_be_visible()


def test_hours_of_people_are_drawn_too(screens: Screens) -> None:
    page = screens.open("supervisor", "/administration/shifts/new/")
    page.get_by_role("button", name="Saturday, add hours").click()
    expect(typed(page, "Saturday")).to_have_value("09:00–17:00")
    drag(page, 5, 17, 24)
    expect(typed(page, "Saturday")).to_have_value("09:00–24:00")
    page.get_by_label("Whose hours").select_option("Expert")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_role("row", name=re.compile("Expert.*09:00–24:00"))).to_be_visible()


def test_a_calendar_shows_holidays_at_once_and_is_tried_out(screens: Screens) -> None:
    page = screens.open("supervisor", "/")
    a_calendar(page, a_name("Feest"))
    page.get_by_label("Closed on the public holidays of").select_option("Germany")
    expect(page.locator("#holiday-dates")).to_contain_text("German Unity Day")
    expect(page.locator("#holiday-dates")).not_to_contain_text("Epiphany")
    page.get_by_label("Part of that country").select_option("BY (Bayern)")
    expect(page.locator("#holiday-dates")).to_contain_text("Epiphany")
    page.get_by_label("A target of (minutes)").fill("240")
    page.get_by_label("that starts").fill("2026-03-09T11:00")
    expect(page.locator("#calendar-try")).to_contain_text("is due Monday 16 March 12:00")
    page.get_by_role("button", name="Add a day").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Date")).to_be_focused()
    page.get_by_label("Date").fill("2026-03-10")
    page.get_by_label("Open", exact=True).fill("09:00-17:00")
    expect(page.locator("#calendar-try")).to_contain_text("is due Tuesday 10 March 12:00")
    page.get_by_role("button", name="Remove day 1").click()
    expect(page.locator("#calendar-try")).to_contain_text("is due Monday 16 March 12:00")


def test_a_chain_is_made_by_keys_and_an_error_keeps_what_was_typed(screens: Screens) -> None:
    screens.expect("status of 400")
    page, name = screens.open("supervisor", f"{CHAINS}new/"), a_name("Keten")
    press = page.keyboard.press
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type(name)
    for _step in range(2):
        page.get_by_role("button", name="Remove step 3").focus()
        press("Enter")
        expect(page.locator("[name='steps.2.amount'], [name='steps.1.amount']").last).to_be_focused()
    page.get_by_role("button", name="Add a step").focus()
    press("Space")
    expect(page.locator("[name='steps.2.amount']")).to_be_focused()
    page.keyboard.type("many")
    press("Tab")
    page.keyboard.type("minutes after")  # a list is chosen from by its first letters
    page.get_by_role("group", name="Step 3").get_by_label("supervisors on duty").focus()
    press("Space")
    press("Enter")  # keeps the form, and presses none of the buttons that change its lines
    expect(page.locator("[id='problem-steps.2.amount']")).to_contain_text("whole number from 0 to 10,080")
    expect(page.get_by_label("Name", exact=True)).to_have_value(name)
    expect(page.locator("[name='steps.2.amount']")).to_have_value("many")
    page.locator("[name='steps.2.amount']").fill("45")
    expect(page.locator("#chain-preview")).to_contain_text("45 min after it is due")
    page.get_by_label("For a target of (minutes)").fill("120")
    expect(page.locator("#chain-preview")).to_contain_text("The answer is due at 11:00")
    page.get_by_role("button", name="Move step 2 up").focus()
    press("Enter")
    expect(page.get_by_role("button", name="Move step 1 down")).to_be_visible()
    expect(page.locator("[name='steps.0.amount']")).to_have_value("80")
    expect(page.locator("#chain-preview")).to_contain_text("put the steps in order")
    page.get_by_role("button", name="Move step 1 down").focus()
    press("Enter")
    expect(page.get_by_role("button", name="Move step 2 down")).to_be_focused()
    page.get_by_role("button", name="Keep", exact=True).focus()
    press("Enter")
    row = page.get_by_role("row", name=name)
    expect(row).to_contain_text("at 50 % of the target: whoever has the ticket")
    expect(row).to_contain_text("45 min after it is due: supervisors on duty")


def test_on_a_phone_a_day_has_fields_of_times(screens: Screens) -> None:
    page, name = screens.open("supervisor", f"{CALENDARS}new/", **PHONE), a_name("Mobiel")
    page.get_by_label("Name", exact=True).fill(name)
    expect(page.locator("svg.day").first).to_be_hidden()
    page.get_by_label("Monday, until").fill("12:00")
    page.get_by_role("button", name="Monday, add hours").tap()
    page.get_by_label("Monday, from").nth(1).fill("22:00")
    page.get_by_label("Monday, until").nth(1).fill("00:00")
    expect(page.locator("[name='week.mon']")).to_have_value("09:00–12:00, 22:00–24:00")
    page.get_by_role("button", name="Remove Tuesday 09:00 to 17:30").tap()
    expect(page.locator("[name='week.tue']")).to_have_value("")
    page.get_by_role("button", name="Copy to Friday").tap()
    expect(page.get_by_label("Friday, until").nth(1)).to_have_value("00:00")
    page.get_by_role("button", name="Keep", exact=True).tap()
    page.get_by_role("link", name=name).tap()
    expect(page.locator("[name='week.fri']")).to_have_value("09:00–12:00, 22:00–24:00")


def test_without_a_script_everything_is_still_written(screens: Screens) -> None:
    page, name = screens.open("supervisor", f"{CALENDARS}new/", java_script_enabled=False), a_name("Kaal")
    page.locator("[name=name]").fill(name)
    page.locator("[name='week.mon']").fill("10:00-11:00")
    page.get_by_role("button", name="Add a day").click()
    page.locator("[name='exceptions.0.day']").fill("2026-12-24")
    assert page.locator("[name='week.mon']").input_value() == "10:00-11:00"
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_role("link", name=name).click()
    assert page.locator("[name='week.mon']").input_value() == "10:00–11:00"
    assert page.locator("[name='exceptions.0.day']").input_value() == "2026-12-24"


def test_the_editors_speak_dutch(screens: Screens, newcomer: Callable[..., str]) -> None:
    page = screens.open(newcomer("teun", "supervisor", language="nl"), f"{CALENDARS}new/")
    drag(page, 5, 10, 12)
    expect(page.get_by_role("button", name="Zaterdag 10:00 tot 12:00", exact=True)).to_be_focused()
    page.get_by_label("Gesloten op de feestdagen van").select_option("Duitsland")
    expect(page.locator("#holiday-dates")).to_contain_text("Tag der Deutschen Einheit")
    page.goto(f"{CHAINS}new/")
    page.get_by_role("button", name="Stap 2 omhoog").click()
    expect(page.get_by_role("button", name="Stap 1 omlaag")).to_be_focused()
