"""How changes are called on pages."""

from django import template

from desk.actions.changes.registry import KINDS
from desk.changes.models import Change

register = template.Library()


@register.filter
def about(change: Change) -> str:
    """The thing that would be different, as it was called then; of something new its kind."""
    kind = KINDS.get(change.kind)
    return str(kind.label) if kind is not None and not change.thing else change.title
