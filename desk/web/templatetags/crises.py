"""What every page says of crises."""

from django import template
from django.template.context import Context
from django.utils import timezone

from desk.crises.active import active_crises
from desk.people.permissions import Permission
from desk.statements.words import STATES as POST_STATES
from desk.web.show.crises import LEVEL_WORDS, REPLY_STATES, Banner, banners

register = template.Library()


@register.simple_tag
def active_banners() -> list[Banner]:
    """One query on every page: the partial index holds the active ones only."""
    return banners(active_crises(), timezone.now())


@register.simple_tag(takes_context=True)
def may_start_crisis(context: Context) -> bool:
    return bool(context["request"].user.may(Permission.MANAGE_CRISES))


@register.simple_tag
def level_words() -> list[tuple[int, object]]:
    """For scripts, which get a level as a number."""
    return [(int(level), words) for level, words in LEVEL_WORDS.items() if level]


@register.filter
def reply_state(state: str) -> object:
    """What became of a reply that left before a gate closed."""
    return REPLY_STATES.get(state, state)


@register.filter
def post_state(state: str) -> object:
    """What became of a post that left before a gate closed."""
    return POST_STATES.get(state, state)
