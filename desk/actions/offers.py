"""Canned responses on offer: those that fit the ticket, with their variables filled in."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from desk.people.models import User
from desk.people.permissions import Permission, require
from desk.replies.models import CannedResponse
from desk.tickets.models import Ticket
from policies.text_safety import plain_name

MOST_OFFERED = 8


@dataclass(frozen=True, slots=True)
class Offer:
    id: int
    name: str
    shortcut: str
    text: str
    language: str


def offered(writer: User, ticket: Ticket, visibility: str, typed: str) -> list[Offer]:
    """What fits team, visibility and what was typed, the most used first, in the customer's language where it can."""
    require(writer, Permission.REPLY)
    language = ticket.language or ticket.inbox.language
    own = {team.pk for team in writer.teams.all()} | ({ticket.team_id} if ticket.team_id else set())
    wanted = typed.casefold().lstrip("/")
    fitting = [
        one
        for one in CannedResponse.objects.all()
        if (one.team_id is None or one.team_id in own)
        and one.visibility in ("", visibility)
        and (wanted in one.name.casefold() or wanted in one.shortcut.casefold())
    ]
    fitting.sort(key=lambda one: (not one.shortcut.startswith(wanted), -one.times_used, one.name))
    return [_offer(one, language, variables(ticket, writer)) for one in fitting[:MOST_OFFERED]]


def variables(ticket: Ticket, writer: User) -> dict[str, str]:
    """The values of {customer}, {agent}, {company} and {ticket}."""
    profile = ticket.profile
    name = plain_name(profile.name) or plain_name(profile.handle) or _("Unknown")
    return {
        "customer": name.split()[0] if profile.name else name,
        "agent": writer.first_name or writer.name,
        "company": plain_name(ticket.inbox.name),
        "ticket": str(ticket.pk),
    }


def _offer(response: CannedResponse, language: str, values: Mapping[str, str]) -> Offer:
    in_dutch = response.text_nl.strip() and (language == "nl" or not response.text_en.strip())
    filled = response.text_nl if in_dutch else response.text_en
    for name, value in values.items():
        filled = filled.replace(f"{{{name}}}", value)
    return Offer(response.pk, response.name, response.shortcut, filled, "nl" if in_dutch else "en")
