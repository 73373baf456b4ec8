"""What conditions may ask of tickets: a few queries for however many, and only what some rule asks."""

from collections.abc import Collection, Sequence
from datetime import datetime

from desk.actions.crises.crisis_levels import LevelsAt, words_on
from desk.actions.tickets.opening import is_open, opening_hours
from desk.causes.models import TicketCause
from desk.sla.promises import tags_of, tiers_of
from desk.tickets.models import Ticket
from policies.automation import Facts, Rule
from policies.sla import Facts as TicketFacts


def facts_of(tickets: Collection[Ticket], rules: Sequence[Rule], now: datetime) -> dict[int, Facts]:
    """As they are now, by ticket. They come with their inboxes and profiles."""
    asked = [rule.when for rule in rules]
    ids = [ticket.pk for ticket in tickets]
    tags = tags_of(ids) if any(when.ticket.tags for when in asked) else {}
    tiers = tiers_of(one.customer_id for one in tickets) if any(when.ticket.tiers for when in asked) else {}
    words = words_on(tickets) if any(when.topics for when in asked) else {}
    levels = LevelsAt(now)(tickets) if any(when.crisis_level for when in asked) else {}
    desk_open = is_open(now, opening_hours()) if any(when.open is not None for when in asked) else True
    said = TicketCause.objects.filter(ticket__any_of=ids) if any(when.causes for when in asked) else None
    causes = dict(said.values_list("ticket_id", "cause_id")) if said is not None else {}
    return {
        one.pk: Facts(
            ticket=TicketFacts(
                one.inbox.network, one.inbox_id, one.private, one.priority, one.language,
                frozenset(tags.get(one.pk, ())), tiers.get(one.customer_id, 0),
            ),
            state=one.state,
            sentiment=one.sentiment,
            team=one.team_id or 0,
            assigned=one.assignee_id is not None,
            cause=causes.get(one.pk, 0),
            rating=one.rating or 0,
            followers=one.profile.followers or 0,
            crisis_level=levels.get(one.pk, 0),
            open=desk_open,
            words=words.get(one.pk, frozenset()),
        )
        for one in tickets
    }  # fmt: skip
