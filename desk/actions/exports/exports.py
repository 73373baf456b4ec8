"""What the company asked, knows, changes and talks about, as files: CSV, XLSX and JSON with the same columns, named as
the API names them.

A file has at most `MOST` things, the newest; `before` goes on with those that are older than a number. That somebody
took one is audited. Texts are masked as for whoever takes it, and what they may not read is in none of them.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Model, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from desk.actions.causes.improvement_effect import effects
from desk.actions.customers.masking import Eyes
from desk.actions.questions.questions import with_words
from desk.actions.reports.report_files import CSV, XLSX, File
from desk.actions.reports.report_tables import Row as Cells
from desk.actions.reports.report_tables import Table, as_xlsx, safe
from desk.automation.models import Firing
from desk.causes.models import Cause, Improvement
from desk.causes.tree import Tree
from desk.changes.models import Change
from desk.common.errors import Invalid, Missing
from desk.knowledge.models import Article
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.questions.models import Question
from desk.threads.models import Thread, Word
from desk.threads.reading import readable
from desk.tickets.models import Ticket
from policies.change_states import State

JSON = "application/json"
FORMS = ("csv", "xlsx", "json")
MOST = 10_000
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be taken: who may, the things from which it is made, and the lines of each."""

    needs: Permission
    things: Callable[[User], "QuerySet[Any]"]  # that this person may read
    lines: Callable[[list[Any], User], Iterator[Row]]
    columns: tuple[str, ...]


def export(actor: User, kind: str, form: str, *, before: int | None = None) -> File:
    """A file of a kind of KINDS, in a form of FORMS. Raises NotPermitted, Missing, Invalid."""
    if kind not in KINDS:
        raise Missing(_("There is nothing of that name to take."))
    if form not in FORMS:
        raise Invalid(_("Choose from: %(known)s.") % {"known": ", ".join(FORMS)})
    chosen = KINDS[kind]
    require(actor, chosen.needs)
    rows = chosen.things(actor).order_by("-pk")
    things: list[Model] = list((rows if before is None else rows.filter(pk__lt=before))[:MOST])
    lines = [{name: row[name] for name in chosen.columns} for row in chosen.lines(things, actor)]
    with transaction.atomic():
        audit(actor, "exported", actor, kind=kind, form=form, things=len(things))
    name = f"{kind}.{form}"
    if form == "json":
        return File(name, JSON, json.dumps(lines, ensure_ascii=False, indent=1, default=_plain).encode())
    if form == "xlsx":
        return File(name, XLSX, as_xlsx([_as_table(kind, chosen.columns, lines)]))
    return File(name, CSV, _as_csv(chosen.columns, lines).encode())


# ── what each line says ──────────────────────────────────────────────────────
def _questions(things: list[Question], reader: User) -> Iterator[Row]:
    """The answer is the last one that was given."""
    eyes = Eyes(reader)
    for one in things:
        entries = list(one.entries.all())
        answer = next((entry for entry in reversed(entries) if entry.answers), None)
        yield {
            "id": one.pk,
            "ticket": one.ticket_id,
            "state": one.state,
            "asked_by": _username(one.asked_by),
            "team": one.team.name if one.team else None,
            "holder": _username(one.holder),
            "about": eyes.read(one.about, by=one.asked_by_id),
            "text": eyes.read(one.text, by=one.asked_by_id),
            "minutes": one.minutes,
            "created_at": one.created_at,
            "due_at": one.due_at,
            "answered_at": one.answered_at,
            "answered_by": _username(answer.author) if answer else None,
            "answer": eyes.read(answer.text, by=answer.author_id) if answer else None,
            "used_at": answer.used_at if answer else None,
            "words": len(entries),
        }


def _causes(things: list[Cause], _reader: User) -> Iterator[Row]:
    tree = Tree()
    for one in things:
        department, owner = tree.department(one), tree.owner(one)
        yield {
            "id": one.pk,
            "name_nl": one.name_nl,
            "name_en": one.name_en,
            "path": tree.words(one),
            "below": one.parent_id,
            "department": department.name if department else None,
            "owner": _username(owner),
            "archived_at": one.archived_at,
            "merged_into": one.merged_into_id,
        }


def _improvements(things: list[Improvement], _reader: User) -> Iterator[Row]:
    """With what each did: the ratio of tickets after to before, and where the true one lies with 95 % certainty."""
    tree, measured = Tree(), effects(things)
    for one in things:
        effect = measured.get(one.pk)
        change = effect.change if effect else None
        yield {
            "id": one.pk,
            "cause": one.cause_id,
            "path": tree.words(tree.now(one.cause_id)),
            "what": one.what,
            "state": str(one.state),
            "owner": _username(one.owner),
            "due_on": one.due_on,
            "proposed_by": _username(one.proposed_by),
            "created_at": one.created_at,
            "done_on": one.done_on,
            "changed": one.changed,
            "ratio": round(change.ratio, 4) if change else None,
            "low": round(change.low, 4) if change else None,
            "high": round(change.high, 4) if change else None,
            "more_than_chance": effect.shown if effect and change else None,
        }


def _articles(things: list[Article], _reader: User) -> Iterator[Row]:
    """A line for each language."""
    for one in things:
        for text in one.texts.all():
            yield {
                "id": one.pk,
                "language": text.language,
                "title": text.title,
                "body": text.body,
                "audience": one.audience,
                "topics": ", ".join(one.topics),
                "owner": _username(one.owner),
                "review_on": one.review_on,
                "version": one.version,
                "times_used": one.times_used,
                "times_helpful": one.times_helpful,
                "times_unhelpful": one.times_unhelpful,
                "readers_helped": one.readers_helped,
                "readers_unhelped": one.readers_unhelped,
                "created_at": one.created_at,
                "changed_at": one.changed_at,
            }


def _threads(things: list[Thread], reader: User) -> Iterator[Row]:
    eyes = Eyes(reader)
    for one in things:
        yield {
            "id": one.pk,
            "topic": eyes.read(one.topic, by=one.started_by_id),
            "private": one.private,
            "ticket": one.ticket_id,
            "crisis": one.crisis_id,
            "subject": one.subject,
            "started_by": _username(one.started_by),
            "created_at": one.created_at,
            "last_at": one.last_at,
            "words": getattr(one, "said", 0),
            "summary": eyes.read(one.summary, by=one.summary_by_id),
            "summary_by": _username(one.summary_by),
            "swarm": one.swarm,
            "finding": eyes.read(one.finding, by=one.closed_by_id),
            "closed_at": one.closed_at,
            "closed_by": _username(one.closed_by),
        }


def _readable_threads(reader: User) -> "QuerySet[Thread]":
    said = Word.objects.filter(thread=OuterRef("pk")).order_by().values("thread").annotate(count=Count("pk"))
    rows = readable(reader).select_related("started_by", "summary_by", "closed_by")
    return rows.annotate(said=Coalesce(Subquery(said.values("count")), 0))


def _words(things: list[Word], reader: User) -> Iterator[Row]:
    """One that was taken back has a line without its text."""
    eyes = Eyes(reader)
    for one in things:
        yield {
            "id": one.pk,
            "thread": one.thread_id,
            "author": _username(one.author),
            "text": eyes.read(one.text, by=one.author_id),
            "files": ", ".join(eyes.read(file.name, by=one.author_id) for file in one.files.all()),
            "tickets": ", ".join(str(ticket.pk) for ticket in one.tickets.all()),
            "by_mail": one.by_mail,
            "created_at": one.created_at,
            "edited_at": one.edited_at,
            "deleted_at": one.deleted_at,
        }


def _readable_words(reader: User) -> "QuerySet[Word]":
    tickets = Prefetch("tickets", queryset=Ticket.objects.only("pk").order_by("pk"))
    rows = Word.objects.filter(thread__in=readable(reader)).defer("search")
    return rows.select_related("author").prefetch_related("files", tickets)


def _firings(things: list[Firing], _reader: User) -> Iterator[Row]:
    """What rules did by themselves: one line for each firing, its conditions and steps each in one cell."""
    for one in things:
        yield {
            "id": one.pk,
            "at": one.at,
            "version": one.version.number,
            "rule": one.rule,
            "name": one.name,
            "ticket": one.ticket_id,
            "on": one.on,
            "cause": one.cause,
            "chain": ", ".join(one.chain),
            "conditions": _together(f"{said['name']}={_found(said['found'])}" for said in one.conditions),
            "outcomes": _together(
                " ".join(filter(None, (step["do"], step.get("value"), step["became"], step.get("why"))))
                for step in one.outcomes
            ),
        }


def _proposals(things: list[Change], _reader: User) -> Iterator[Row]:
    """What colleagues want to change and what became of it; nobody's drafts."""
    for one in things:
        yield {
            "id": one.pk,
            "kind": one.kind,
            "thing": one.thing,
            "title": one.title,
            "what": one.what,
            "why": one.why,
            "structured": one.values is not None,
            "state": str(one.state),
            "author": _username(one.author),
            "created_at": one.created_at,
            "planned_for": one.planned_for,
            "decided_by": _username(one.decided_by),
            "decided_at": one.decided_at,
            "reason": one.reason,
            "became": one.became,
        }


KINDS: Mapping[str, Kind] = {
    "questions": Kind(
        Permission.SEE_REPORTS,
        lambda _reader: with_words(),
        _questions,
        (
            "id", "ticket", "state", "asked_by", "team", "holder", "about", "text", "minutes", "created_at", "due_at",
            "answered_at", "answered_by", "answer", "used_at", "words",
        ),
    ),
    "causes": Kind(
        Permission.READ_TICKETS,
        lambda _reader: Cause.objects.all(),
        _causes,
        ("id", "name_nl", "name_en", "path", "below", "department", "owner", "archived_at", "merged_into"),
    ),
    "improvements": Kind(
        Permission.READ_TICKETS,
        lambda _reader: Improvement.objects.select_related("owner", "proposed_by"),
        _improvements,
        (
            "id", "cause", "path", "what", "state", "owner", "due_on", "proposed_by", "created_at", "done_on",
            "changed", "ratio", "low", "high", "more_than_chance",
        ),
    ),
    "articles": Kind(
        Permission.READ_TICKETS,
        lambda _reader: Article.objects.select_related("owner").prefetch_related("texts"),
        _articles,
        (
            "id", "language", "title", "body", "audience", "topics", "owner", "review_on", "version", "times_used",
            "times_helpful", "times_unhelpful", "readers_helped", "readers_unhelped", "created_at", "changed_at",
        ),
    ),
    "threads": Kind(
        Permission.READ_TICKETS,
        _readable_threads,
        _threads,
        (
            "id", "topic", "private", "ticket", "crisis", "subject", "started_by", "created_at", "last_at", "words",
            "summary", "summary_by", "swarm", "finding", "closed_at", "closed_by",
        ),
    ),
    "thread-words": Kind(
        Permission.READ_TICKETS,
        _readable_words,
        _words,
        (
            "id", "thread", "author", "text", "files", "tickets", "by_mail", "created_at", "edited_at", "deleted_at",
        ),
    ),
    "firings": Kind(
        Permission.WRITE_AUTOMATION,
        lambda _reader: Firing.objects.select_related("version"),
        _firings,
        (
            "id", "at", "version", "rule", "name", "ticket", "on", "cause", "chain", "conditions", "outcomes",
        ),
    ),
    "proposals": Kind(
        Permission.READ_TICKETS,
        lambda _reader: Change.objects.exclude(state=State.DRAFT).select_related("author", "decided_by"),
        _proposals,
        (
            "id", "kind", "thing", "title", "what", "why", "structured", "state", "author", "created_at",
            "planned_for", "decided_by", "decided_at", "reason", "became",
        ),
    ),
}  # fmt: skip


# ── how a file is written ────────────────────────────────────────────────────
def _as_csv(columns: tuple[str, ...], lines: list[Row]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([safe(_cell(row[name])) for name in columns] for row in lines)
    return out.getvalue()


def _as_table(kind: str, columns: tuple[str, ...], lines: list[Row]) -> Table:
    return Table(kind, list(columns), [Cells([_cell(row[name]) for name in columns]) for row in lines])


def _together(parts: Iterable[str]) -> str:
    return "; ".join(parts)


def _found(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _cell(value: Any) -> Any:
    return _plain(value) if isinstance(value, date | datetime) else int(value) if isinstance(value, bool) else value


def _plain(value: date | datetime) -> str:
    """ISO 8601, times in UTC."""
    return value.isoformat().replace("+00:00", "Z")


def _username(person: User | None) -> str | None:
    return person.username if person else None
