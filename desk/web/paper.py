"""What is printed, as PDF: headings, paragraphs, tables and plots on A4 in the desk's own look.

FiraGO has the letters of Europe and beyond, Noto its symbols. What neither has, such as most emoji, is written as its
name, so that nothing that somebody said is left out: “[grinning face]”.
"""

import unicodedata
from collections.abc import Callable, Collection, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pymupdf_fonts
from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, VAlign, XPos, YPos
from fpdf.fonts import FontFace

from desk.web.cause_plots import Weeks
from desk.web.show.war_room import Plot

MARGIN = 16.0  # millimetres
TEXT, SMALL, LINE = 10, 8, 5.0  # points, points, millimetres
_FONTS = {"": "figo", "B": "figbo"}
_SYMBOLS = "symbol2"
_MUTED, _RULE, _ACCENT, _BAD, _DID = (96, 96, 96), (200, 200, 200), (70, 110, 170), (190, 60, 50), (60, 60, 60)
_SILENT = "\u200d\ufe0e\ufe0f"  # tell only how the character before is drawn
_WIDE, _HIGH = 660.0, 200.0  # units of a plot
At = Callable[[str | float, str | float], tuple[float, float]]  # where a point of a plot lies on the page


class Paper(FPDF):
    """A document with the page's number and its title on every page."""

    def __init__(self, title: str, language: str) -> None:
        super().__init__(format="A4")
        self.heads_pages_with = sayable(title)
        folder = _font_files()
        for style, name in _FONTS.items():
            self.add_font("body", style, folder / f"{name}.ttf")
        self.add_font("symbols", "", folder / f"{_SYMBOLS}.ttf")
        self.set_fallback_fonts(["symbols"], exact_match=False)
        self.set_title(self.heads_pages_with)
        self.set_lang(language)
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN + LINE)
        self.add_page()
        self.set_font("body", size=TEXT)

    def footer(self) -> None:
        """FPDF asks for it at the end of each page."""
        self.set_y(-MARGIN)
        self._small()
        number = _("page %(number)s of {nb}") % {"number": self.page_no()}
        self.cell(self.epw / 2, LINE, self.heads_pages_with[:80])
        self.cell(self.epw / 2, LINE, number, align="R")
        self._plain()

    def title_of(self, words: str, under: str) -> None:
        self.set_font("body", "B", 18)
        self._write(words, 8)
        self._plain()
        self.muted(under)

    def heading(self, words: str, under: str = "") -> None:
        """With at least a few lines behind it on the same page."""
        if self.will_page_break(5 * LINE):
            self.add_page()
        self.ln(LINE)
        self.set_font("body", "B", 13)
        self._write(words, 7)
        self._plain()
        if under:
            self.muted(under)

    def said(self, words: str) -> None:
        self._write(words, LINE)

    def muted(self, words: str) -> None:
        self._small()
        self._write(words, 4)
        self._plain()

    def grid(self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
        """Rows that are not cut in two; the head stands on each page. Columns but the first are figures or short."""
        self.set_draw_color(*_RULE)
        layout = TableBordersLayout.HORIZONTAL_LINES
        look = FontFace(emphasis="BOLD", size_pt=SMALL)
        with self.table(
            col_widths=tuple(widths),
            borders_layout=layout,
            headings_style=look,
            first_row_as_headings=any(head),
            line_height=LINE,
            text_align="LEFT",
            v_align=VAlign.T,
        ) as table:
            for row in ([head] if any(head) else []) + list(rows):
                table.row([sayable(cell) for cell in row])
        self.ln(1)

    def digests(self, named: Sequence[tuple[str, str]]) -> None:
        """Long hexadecimal numbers with what they belong to."""
        self._small()
        for name, digest in named:
            self._write(f"{name}  {digest}", 4)
        self._plain()

    def plot(self, plot: Plot) -> None:
        """The very curve of the screen, as lines and areas."""
        scale, at = self._frame(plot.grid)
        for column in plot.columns:
            self._area(_ACCENT, at(column.x, column.y), column.width, column.height, scale)
            self._area(_BAD, at(column.x, column.negative_y), column.width, column.negative_height, scale)
        self.set_draw_color(*_DID)
        points = [at(*point.split(",")) for point in plot.answers.split()]
        if len(points) > 1:
            self.polyline(points)
        for mark in plot.marks:
            with self.local_context(dash_pattern={"dash": 1, "gap": 1}):
                self.line(*at(mark.x, 8), *at(mark.x, 176))
            self._label(at(mark.text_x, 12), mark.words)
        for x, label in plot.labels:
            self._label(at(x, 193), label, middle=True)
        self._floor(at)

    def weeks(self, weeks: Weeks) -> None:
        """The weeks of a cause with the marks of what was changed."""
        scale, at = self._frame(weeks.grid)
        for column in weeks.columns:
            colour = _RULE if column.week.left_out else _ACCENT
            self._area(colour, at(column.x, column.y), column.width, column.height, scale)
            if column.label:
                self._label(at(column.middle, 193), column.label, middle=True)
        self.set_draw_color(*_DID)
        for mark in weeks.marks:
            with self.local_context(dash_pattern={"dash": 1, "gap": 1}):
                self.line(*at(mark.x, 8), *at(mark.x, 176))
            self._label(at(mark.x, 6), str(mark.number), middle=True)
        self._floor(at)

    def bytes(self) -> bytes:
        return bytes(self.output())

    # ── the library's words for it ───────────────────────────────────────────
    def _frame(self, grid: Sequence[tuple[str, str, int]]) -> tuple[float, At]:
        """Room for a plot of 660 by 200 units with its lines and their numbers; how long a unit is, and where each."""
        scale = self.epw / _WIDE
        if self.will_page_break(_HIGH * scale):
            self.add_page()
        left, top = self.l_margin, self.get_y()

        def at(x: str | float, y: str | float) -> tuple[float, float]:
            return left + float(x) * scale, top + float(y) * scale

        self._small()
        self.set_draw_color(*_RULE)
        for y, text_y, value in grid:
            self.line(*at(34, y), *at(_WIDE, y))
            self._label(at(26, text_y), str(value), to_left=True)
        return scale, at

    def _floor(self, at: At) -> None:
        self.line(*at(34, 176.5), *at(_WIDE, 176.5))
        self._plain()
        self.set_xy(*at(0, _HIGH))

    def _write(self, words: str, height: float) -> None:
        self.multi_cell(0, height, sayable(words), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _label(self, at: tuple[float, float], words: str, *, to_left: bool = False, middle: bool = False) -> None:
        width = self.get_string_width(words)
        self.text(at[0] - (width if to_left else width / 2 if middle else 0), at[1], words)

    def _area(
        self, colour: tuple[int, int, int], at: tuple[float, float], width: str, height: str, scale: float
    ) -> None:
        self.set_fill_color(*colour)
        self.rect(*at, float(width) * scale, float(height) * scale, style="F")

    def _small(self) -> None:
        self.set_font("body", size=SMALL)
        self.set_text_color(*_MUTED)

    def _plain(self) -> None:
        self.set_font("body", size=TEXT)
        self.set_text_color(0)
        self.set_fill_color(255)


def sayable(words: str) -> str:
    """The text with each character that no font has as its name in brackets."""
    if words.isascii():
        return words
    known = _known()
    return "".join(
        letter if letter in "\n\t" or ord(letter) in known else _named(letter)
        for letter in words
        if letter not in _SILENT
    )


def _named(letter: str) -> str:
    return f"[{unicodedata.name(letter, f'U+{ord(letter):04X}').lower()}]"


@cache
def _known() -> Collection[int]:
    """What can be drawn, by the ordinary font and by the symbols'; the bold one has what the ordinary has."""
    folder = _font_files()
    found: set[int] = set()
    for name in (_FONTS[""], _SYMBOLS):
        with TTFont(folder / f"{name}.ttf", lazy=True) as font:
            found.update(font.getBestCmap())
    return found


@cache
def _folder() -> "TemporaryDirectory[str]":
    return TemporaryDirectory(prefix="balie-fonts-")  # gone with the process


@cache
def _font_files() -> Path:
    """The library reads fonts from files: written once by each process that prints."""
    folder = Path(_folder().name)
    for name in (*_FONTS.values(), _SYMBOLS):
        (folder / f"{name}.ttf").write_bytes(pymupdf_fonts.fontbuffers[name]())
    return folder
