"""Requests for approval as lines of a list and as a page with everything around the words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from desk.people.models import User
from desk.replies.approvals import COUNTED_TO, REASONS, may_decide
from desk.replies.models import Approval, Reply, ReplyAttachment
from desk.tickets.models import preview_of
from desk.web import asked
from desk.web.show import text, times
from desk.web.show.composer import media
from desk.web.show.findings import read
from desk.web.show.tiles import Tile, tile
from policies.approval_states import State


@dataclass(frozen=True, slots=True)
class Line:
    """One request. `late`: its time is over."""

    reply: int
    ticket: int
    tile: Tile
    customer: str
    author: str
    words: SafeString
    why: str
    due: str
    due_at: datetime
    late: bool
    own: bool  # the reader's own words: a colleague decides
    drill: bool


def line(approval: Approval, reader: User, now: datetime) -> Line:
    """Comes with its reply, that one's ticket, inbox, profile and author."""
    reply = approval.reply
    profile = reply.ticket.profile
    return Line(
        reply.pk,
        reply.ticket_id,
        tile(reply.ticket.inbox.network, private=reply.visibility == Reply.Visibility.PRIVATE),
        text.name(profile.name, profile.handle, profile.external_id),
        reply.author.name,
        text.line(preview_of(reply.text) or _("Without words, only attachments")),
        why(approval.codes, reply.findings),
        times.exact(approval.due_at, now),
        approval.due_at,
        approval.due_at < now,
        not may_decide(reader, approval),
        reply.drill,
    )


@dataclass(frozen=True, slots=True)
class File:
    """What goes along, as it stands in the form. `longest`: characters of its description; 0 where it has none."""

    row: ReplyAttachment
    alt_text: str
    longest: int
    off: bool


def files(reply: Reply, typed: QueryDict) -> list[File]:
    """With what was typed, where the form comes back."""
    longest, off = media(reply.ticket)["longest_alt"], set(typed.getlist("off"))
    return [
        File(row, typed.get(f"alt.{row.pk}", row.alt_text), longest if row.kind == "image" else 0, str(row.pk) in off)
        for row in reply.attachments.all()
    ]


def descriptions(typed: QueryDict) -> dict[int, str]:
    """By the numbers of their files."""
    named = {asked.number(name.removeprefix("alt.")): value for name, value in typed.items() if name.startswith("alt.")}
    return {number: str(value) for number, value in named.items() if number is not None}


def why(codes: Iterable[str], findings: Iterable[Mapping[str, Any]]) -> str:
    """The reasons in words: those of the desk, and what the rules said."""
    said = {finding["code"]: finding["message"] for finding in read(findings)}
    return " · ".join(str(REASONS.get(code) or said.get(code) or code) for code in codes)


def past(approval: Approval, now: datetime) -> str:
    """What became of an earlier request for the same reply."""
    at = times.exact(approval.decided_at or approval.requested_at, now)
    by = approval.decided_by.name if approval.decided_by else ""
    match approval.state:
        case State.APPROVED if approval.edited:
            return _("%(name)s edited and approved it, %(time)s") % {"name": by, "time": at}
        case State.APPROVED:
            return _("%(name)s approved it, %(time)s") % {"name": by, "time": at}
        case State.SENT_BACK:
            return _("It went back to its author, because the customer wrote on, %(time)s") % {"time": at}
    return _("It was asked anew, %(time)s") % {"time": at}


def marked(words: str, findings: Iterable[Mapping[str, Any]]) -> SafeString:
    """The words with the spots that rules found, each once."""
    pieces: list[tuple[str, str]] = []
    position = 0
    spots = sorted((one["start"], one["end"], str(one["severity"])) for one in findings if one["end"] > one["start"])
    for start, end, severity in spots:
        if start >= position:
            pieces += [("", words[position:start]), (severity, words[start:end])]
            position = end
    pieces.append(("", words[position:]))
    return format_html_join(
        "", "{}", ((format_html('<mark class="{}">{}</mark>', look, part) if look else part,) for look, part in pieces)
    )


def counted(count: int) -> str:
    """As the badge writes it; empty for none."""
    if count >= COUNTED_TO:
        return f"{COUNTED_TO - 1}+"
    return str(count) if count else ""
