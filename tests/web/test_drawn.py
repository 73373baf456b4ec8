"""What a page is drawn with is there: its icons, and the sheets that its classes stand in."""

import re
from pathlib import Path

import pytest

CALLED = re.compile(r'{% (?:extends|include) "([^"]+)"')
SHEET = re.compile(r"desk/([a-z_]+)\.css")
CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
EVERY_PAGE = ("app", "parts", "workspace", "dialogs")  # the sheets that base.html links


@pytest.fixture
def templates(project: Path) -> Path:
    return project / "templates"


@pytest.fixture
def sheets(project: Path) -> dict[str, str]:
    """What each sheet says, without its comments."""
    found = sorted((project / "desk/web/static/desk").glob("*.css"))
    return {one.stem: re.sub(r"/\*.*?\*/", "", one.read_text(), flags=re.DOTALL) for one in found}


def test_every_icon_that_is_asked_for_is_drawn(templates: Path) -> None:
    drawn = set(re.findall(r'<symbol id="i-([a-z-]+)"', (templates / "desk/icons.html").read_text()))
    pages = "".join(one.read_text() for one in templates.rglob("*.html"))
    assert set(re.findall(r'{% icon "([a-z-]+)"', pages)) <= drawn


def test_a_page_links_the_sheets_that_draw_what_stands_on_it(templates: Path, sheets: dict[str, str]) -> None:
    """A class that another page's sheet draws looks right there, and like nothing here."""
    draws = {name: set(CLASS.findall(sheet)) for name, sheet in sheets.items()}
    anywhere = set().union(*draws.values())
    left = {}
    for page in sorted(templates.rglob("*.html")):
        whole = _with_all_it_calls(templates, page)
        linked = set(SHEET.findall(whole))
        if linked and "{% extends" in page.read_text():
            drawn = set().union(*(draws[name] for name in linked))
            if missing := (_classes(whole) & anywhere) - drawn:
                left[str(page.relative_to(templates))] = missing
    assert left == {}


def test_no_sheet_of_few_pages_begins_a_part_that_every_page_has(sheets: dict[str, str]) -> None:
    """Both would draw it: suggestions of articles once stood in columns a word wide."""
    begins = {name: set(re.findall(r"^\.([a-z-]+) \{", sheet, re.MULTILINE)) for name, sheet in sheets.items()}
    common = set().union(*(begins.pop(name) for name in EVERY_PAGE))
    apart = {"print", "forms", "wallboard"}  # on paper, and pages that link nothing else
    assert {name: found & common for name, found in begins.items() if name not in apart and found & common} == {}


def _with_all_it_calls(templates: Path, page: Path) -> str:
    """The words of a template, of what it extends and of what it includes, as far as they are named there."""
    seen: dict[Path, str] = {}
    waiting = [page]
    while waiting:
        one = waiting.pop()
        if one not in seen and one.exists():
            seen[one] = one.read_text()
            waiting += [templates / name for name in CALLED.findall(seen[one])]
    return "".join(seen.values())


def _classes(words: str) -> set[str]:
    """Those that stand there as they are."""
    found = " ".join(re.findall(r'class="([^"]*)"', words))
    return set(re.sub(r"{%.*?%}|{{.*?}}", " ", found).split())
