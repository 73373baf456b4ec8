"""Statements in words: what is out where and since when, what waits, the next update, and what is ready."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.customers.masking import Eyes
from desk.actions.statements.next_updates import open_update
from desk.actions.statements.post_check import HELD
from desk.actions.statements.statement_texts import Cell, Row, publishes
from desk.crises.models import Crisis
from desk.people.models import User
from desk.people.permissions import Permission
from desk.replies.approvals import NEEDED
from desk.replies.models import AnswerBatch, AnswerLine, CannedResponse
from desk.statements.models import Post, Publication
from desk.statements.words import STATES, why
from desk.web.show import times
from desk.web.show.tiles import Tile, tile
from policies.reply_states import State

IN_THE_ROOM = 3  # publications, the newest
_TONES = {State.SENT: "ok", State.FAILED: "late", State.UNKNOWN: "warn", State.HELD: "warn"}
CELLS: dict[Cell, Promise] = {
    Cell.READY: gettext_lazy("ready"),
    Cell.UNAPPROVED: gettext_lazy("to be approved"),
    Cell.DRAFT: gettext_lazy("draft"),
    Cell.EXPIRED: gettext_lazy("expired"),
    Cell.MISSING: gettext_lazy("missing"),
}
CELL_TONES = {Cell.READY: "ok", Cell.UNAPPROVED: "warn", Cell.EXPIRED: "late"}


@dataclass(frozen=True, slots=True)
class PostShown:
    """One account; `may` are the names of what this reader may do with it."""

    id: int
    tile: Tile
    inbox: str
    language: str
    state: str
    tone: str
    when: str
    url: str
    why: str
    may: frozenset[str]


@dataclass(frozen=True, slots=True)
class Answers:
    """The replies of a publication: to how many, and how many of them are handed in."""

    batch: int
    state: str
    answered: int
    total: int


@dataclass(frozen=True, slots=True)
class Published:
    """One publication, the words of each language once. `statement` is the holding statement that it began as."""

    id: int
    when: str
    at: datetime
    who: str
    stage: str
    posts: list[PostShown]
    texts: list[tuple[str, str]]  # language, text
    statement: int | None
    answers: Answers | None


@dataclass(frozen=True, slots=True)
class Update:
    """What was promised. `until` is in milliseconds since 1970, for scripts."""

    until: int
    words: str
    when: str
    late: bool


@dataclass(frozen=True, slots=True)
class CellShown:
    words: str
    tone: str
    statement: int | None


@dataclass(frozen=True, slots=True)
class TableRow:
    scenario: str
    stage: str
    cells: list[CellShown]


@dataclass(frozen=True, slots=True)
class Table:
    columns: list[tuple[str, str]]  # network's label, language
    rows: list[TableRow]
    missing: int


def published(crisis: Crisis, reader: User, now: datetime, most: int) -> list[Published]:
    """The newest first, in three queries."""
    rows = Publication.objects.filter(crisis=crisis).select_related("author").order_by("-id")[:most]
    found = list(rows)
    posts: dict[int, list[Post]] = {}
    of_them = Post.objects.filter(publication__in=[one.pk for one in found]).select_related("inbox").order_by("id")
    for post in of_them if found else ():
        posts.setdefault(post.publication_id, []).append(post)
    own, answers = publishes(reader, crisis), _answers(found)
    return [_published(one, posts.get(one.pk, []), answers.get(one.pk), reader, now, own=own) for one in found]


def update(crisis: Crisis, now: datetime) -> Update | None:
    """What is promised and not out yet. One query."""
    promised = open_update(crisis)
    if promised is None:
        return None
    left, late = promised.due_at - now, promised.due_at <= now
    words = (
        _("Next update: %(time)s too late.") % {"time": times.length(-left)}
        if late
        else _("Next update in %(time)s.") % {"time": times.countdown(left)}
    )
    return Update(times.epoch(promised.due_at), words, times.exact(promised.due_at, now), late)


def table(rows: Sequence[Row]) -> Table:
    """As a table; every row has the same columns."""
    columns = [(tile(network).label, language) for network, language, _cell, _pk in rows[0].cells] if rows else []
    missing = sum(cell is Cell.MISSING for row in rows for _network, _language, cell, _pk in row.cells)
    return Table(columns, [_row(row) for row in rows], missing)


def stage_words(stage: str) -> str:
    return str(CannedResponse.Stage(stage).label) if stage else ""


def _row(row: Row) -> TableRow:
    cells = [CellShown(str(CELLS[cell]), CELL_TONES.get(cell, "off"), pk) for _where, _language, cell, pk in row.cells]
    return TableRow(row.scenario, stage_words(row.stage), cells)


def _answers(publications: Sequence[Publication]) -> dict[int | None, Answers]:
    if not publications:
        return {}
    handed_in = Count("lines", filter=Q(lines__state=AnswerLine.States.ANSWERED))
    rows = AnswerBatch.objects.filter(publication__in=[one.pk for one in publications]).annotate(answered=handed_in)
    return {
        one.publication_id: Answers(one.pk, str(AnswerBatch.States(one.state).label), one.answered, one.total)
        for one in rows
    }


def _published(
    publication: Publication,
    posts: Sequence[Post],
    answers: Answers | None,
    reader: User,
    now: datetime,
    *,
    own: bool,
) -> Published:
    eyes = Eyes(reader)
    return Published(
        publication.pk,
        times.exact(publication.at, now),
        publication.at,
        publication.author.name,
        stage_words(publication.stage),
        [_post(post, publication, reader, now, own=own) for post in posts],
        [(language, eyes.read(text, by=publication.author_id)) for language, text in _texts(posts)],
        publication.statement_id,
        answers,
    )


def _texts(posts: Sequence[Post]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((post.language, post.text) for post in posts))


def _post(post: Post, publication: Publication, reader: User, now: datetime, *, own: bool) -> PostShown:
    return PostShown(
        post.pk,
        tile(post.inbox.network),
        post.inbox.name,
        post.language,
        str(STATES[State(post.state)]),
        _TONES.get(State(post.state), "off"),
        times.exact(post.sent_at, now) if post.sent_at else "",
        post.url,
        str(why(post)),
        may(post, publication, reader, own=own),
    )


def may(post: Post, publication: Publication, reader: User, *, own: bool) -> frozenset[str]:
    """What a screen may offer; the verbs decide."""
    waits = post.state == State.HELD and post.problem_code == NEEDED
    found = set()
    if waits and reader.pk != publication.author_id and reader.may(Permission.APPROVE):
        if HELD not in post.needs or reader.may(Permission.MANAGE_CRISES):
            found.add("approve")
        found.add("reject")
    if own:
        if post.state in (State.QUEUED, State.HELD, State.FAILED, State.UNKNOWN):
            found.add("withdraw")
        if post.state in (State.FAILED, State.UNKNOWN) or (post.state == State.HELD and not waits):
            found.add("repeat")
        if post.state == State.UNKNOWN:
            found.add("confirm")
    return frozenset(found)
