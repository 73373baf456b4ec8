"""What a what-if looks at, in portions: replies that left, lines of a file, canned responses, each with its facts.

The facts are those of `channels.facts_of`, as they were when the reply left, gathered by a query for each portion. What
only the network decides (its window, whom it lets us answer) stays out of it: it let the reply through. The team is the
one that has the ticket today.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import get_language

from desk.actions.crises.crisis_past import LevelsThen
from desk.actions.inboxes.channels import enclosed, media_at
from desk.actions.replies.canned_check import enclosed_with, trials
from desk.actions.replies.canned_lengths import connected, places_of
from desk.actions.replies.canned_values import usual_hours
from desk.actions.replies.own_links import own_links
from desk.actions.rulebooks.rulebooks import length_of
from desk.inboxes.gateway import MediaRule, UnknownNetwork
from desk.people.models import User
from desk.people.permissions import Role
from desk.replies.models import CannedResponse, Reply, ReplyAttachment
from desk.rulebooks.models import WhatIf, WhatIfLine, WhatIfText
from policies.facts import Attachment, ReplyFacts, Visibility
from policies.language import LANGUAGES
from policies.length import LengthRule
from policies.reply_states import State
from policies.rulebook import Rulebook
from policies.signature import signatures
from policies.what_if import WhatIf as Comparison

INITIALS = "AB"  # of somebody whose own nobody knows
_REPLY = (
    "pk", "sent_at", "text", "visibility", "ticket_id", "ticket__inbox__network", "ticket__language",
    "ticket__team__name", "ticket__profile__handle", "author__username", "author__signature", "author__role",
    "ticket__inbox__brand", "ticket__rating",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """One text with its facts, signed as the version that is asked about wants it, and where it came from."""

    facts: ReplyFacts
    signature_before: str  # as the active version wants it
    kind: WhatIfText.Kind
    id: int
    at: datetime | None = None  # when the reply left
    name: str = ""
    agent: str = ""


def sent_replies(run: WhatIf) -> Q:
    """The replies that a run looks at: those that still have words."""
    real = Q(state=State.SENT, sent_at__gte=run.since, sent_at__lt=run.asked_at, drill=False)
    return real & ~Q(text="")


def replies(run: WhatIf, comparison: Comparison, levels: LevelsThen, most: int) -> list[Subject]:
    """The next replies behind where the run stands, in the order in which they left."""
    rows = Reply.objects.filter(sent_replies(run))
    if run.reached_at is not None:
        rows = rows.filter(sent_at__gte=run.reached_at).filter(Q(sent_at__gt=run.reached_at) | Q(pk__gt=run.reached))
    found = list(rows.order_by("sent_at", "pk").values_list(*_REPLY)[:most])
    then = levels.of([(row[4], row[1]) for row in found])
    attached = _attached([row[0] for row in found])
    return [_reply(row, comparison, then.get((row[4], row[1]), 0), tuple(attached.get(row[0], ()))) for row in found]


def lines(run: WhatIf, comparison: Comparison, most: int) -> list[Subject]:
    """The next lines of the file. An agent who works here signs as themselves."""
    found = list(WhatIfLine.objects.filter(run=run, pk__gt=run.reached).order_by("pk")[:most])
    known = User.objects.in_bulk({line.agent for line in found}, field_name="username")
    return [_line(line, run.asked_at, comparison, known.get(line.agent)) for line in found]


def templates(run: WhatIf, comparison: Comparison, most: int) -> Iterator[tuple[CannedResponse, list[Subject]]]:
    """The next canned responses, each in every language and everywhere that it could go."""
    rows = CannedResponse.objects.filter(pk__gt=run.templates_reached or 0).select_related("team").order_by("pk")
    signature, before = (rulebook.signature.of(INITIALS) for rulebook in (comparison.asked, comparison.before))
    networks, hours = connected(), {language: usual_hours(language) for language in LANGUAGES}
    say_in = get_language() or "en"
    for response in rows.prefetch_related("inboxes", "attachments")[:most]:
        places = places_of(response, [inbox.pk for inbox in response.inboxes.all()], networks)
        along = enclosed_with(response)
        tried = trials(response, response.definition, places, hours, signature, response.updated_at, say_in, along)
        yield (
            response,
            [
                Subject(trial.facts, before, WhatIfText.Kind.TEMPLATE, response.pk, name=response.name)
                for trial in tried
            ],
        )


def _attached(reply_ids: Sequence[int]) -> dict[int, list[Attachment]]:
    """What went along with these replies, in its order."""
    found: dict[int, list[Attachment]] = {}
    for row in ReplyAttachment.objects.filter(reply__in=reply_ids).order_by("position", "id"):
        if row.reply_id is not None:
            found.setdefault(row.reply_id, []).append(enclosed(row))
    return found


def _reply(row: tuple[Any, ...], comparison: Comparison, level: int, attached: tuple[Attachment, ...] = ()) -> Subject:
    pk, at, text, visibility, _ticket, slug, language, team, handle, username, initials, role, brand, rating = row
    facts = ReplyFacts(
        text=text,
        now=at,
        length=_length(slug, visibility),
        network=slug,
        visibility=Visibility(visibility),
        signature=comparison.asked.signature.of(initials),
        team=team or "",
        brand=brand,
        rating=rating or 0,
        crisis_level=level,
        roles=(role,),
        customer_language=language,
        free_mentions=(handle,) if handle else (),
        own=tuple(settings.OWN_DETAILS),
        own_links=own_links(),
        attachments=attached,
        media=_media(slug, visibility),
    )
    return Subject(facts, comparison.before.signature.of(initials), WhatIfText.Kind.REPLY, pk, at, agent=username)


def _line(line: WhatIfLine, at: datetime, comparison: Comparison, author: User | None) -> Subject:
    asked, before = comparison.asked, comparison.before
    facts = ReplyFacts(
        text=line.text,
        now=at,
        length=_length(line.network, line.visibility),
        network=line.network,
        visibility=Visibility(line.visibility),
        signature=_signature(line.text, asked, author),
        team=line.team,
        roles=(author.role if author else Role.AGENT,),
        customer_language=line.language,
        own=tuple(settings.OWN_DETAILS),
        own_links=own_links(),
        media=_media(line.network, line.visibility),
    )
    return Subject(facts, _signature(line.text, before, author), WhatIfText.Kind.LINE, line.pk, agent=line.agent)


def _signature(text: str, rulebook: Rulebook, author: User | None) -> str:
    """The author's own; of somebody whom nobody knows, what they signed with, or room for it."""
    if author is not None:
        return rulebook.signature.of(author.signature)
    usual = rulebook.signature.of(INITIALS)
    typed = [mark for _start, end, mark in signatures(text, usual) if end == len(text.rstrip())]
    return typed[-1] if typed else usual


@lru_cache(maxsize=64)
def _media(slug: str, visibility: str) -> MediaRule | None:
    try:
        return media_at(slug, visibility)
    except UnknownNetwork:
        return None


@lru_cache(maxsize=64)
def _length(slug: str, visibility: str) -> LengthRule:
    return length_of(slug, Visibility(visibility))
