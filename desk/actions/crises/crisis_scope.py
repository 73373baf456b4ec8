"""The scope of a crisis as it is asked for: checked, and refused with everything that is wrong in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.common.errors import Invalid
from desk.inboxes.gateway import all_networks
from desk.inboxes.models import Inbox
from desk.tickets.models import Tier
from policies.crisis_scope import LISTS, LONGEST_TOPIC, MOST_WORDS_IN_TOPIC, Scope, topic_words

MOST_VALUES = 50  # of one kind
_UNKNOWN: Mapping[str, Promise] = {
    "networks": gettext_lazy("There is no such network: %(values)s."),
    "inboxes": gettext_lazy("There is no such inbox: %(values)s."),
    "languages": gettext_lazy("Write languages as two or three letters, such as nl: %(values)s."),
    "topics": gettext_lazy("A topic is one to ten words, with at most 100 letters: %(values)s."),
    "brands": gettext_lazy("No inbox has this brand: %(values)s."),
    "tiers": gettext_lazy("There is no such group of customers: %(values)s."),
}


def read_scope(form: Mapping[str, Any] | None) -> Scope:
    """`networks`, `inboxes`, `languages`, `topics`, `brands` and `tiers` (0 standard, 1 important, 2 VIP), each a list;
    nothing at all is everything. Raises Invalid.
    """
    form = form or {}
    if strange := set(form) - set(LISTS):
        raise Invalid(
            _("There is no such scope: %(names)s.") % {"names": ", ".join(sorted(strange))},
            errors={"scope": [_("Only networks, inboxes, languages, topics, brands and tiers.")]},
        )
    kept = {name: list(form.get(name) or ()) for name in LISTS}
    kept["languages"] = [value.strip().lower() if isinstance(value, str) else value for value in kept["languages"]]
    kept["topics"] = [" ".join(value.split()) if isinstance(value, str) else value for value in kept["topics"]]
    errors: dict[str, list[str | Promise]] = {}
    for name, values in kept.items():
        if len(values) > MOST_VALUES:
            errors[name] = [_("At most %(count)d.") % {"count": MOST_VALUES}]
        elif wrong := _wrong(name, values):
            errors[name] = [str(_UNKNOWN[name]) % {"values": ", ".join(str(value)[:40] for value in wrong[:5])}]
    if errors:
        raise Invalid(_("Some values can't be used: %(names)s.") % {"names": ", ".join(errors)}, errors=errors)
    return Scope.from_json(kept)


def _wrong(name: str, values: Sequence[Any]) -> list[Any]:
    if not values:
        return []
    if name == "networks":
        known: set[Any] = {network.slug for network in all_networks()}
        return [value for value in values if value not in known]
    if name == "inboxes":
        known = set(Inbox.objects.values_list("pk", flat=True))
        return [value for value in values if value not in known]
    if name == "brands":
        known = set(Inbox.objects.exclude(brand="").values_list("brand", flat=True).distinct())
        return [value for value in values if value not in known]
    if name == "tiers":
        return [value for value in values if type(value) is not int or value not in Tier.values]
    fits = _is_language if name == "languages" else _is_topic
    return [value for value in values if not (isinstance(value, str) and fits(value))]


def _is_language(value: str) -> bool:
    return len(value) in (2, 3) and value.isascii() and value.isalpha()


def _is_topic(value: str) -> bool:
    words = topic_words(value) if len(value) <= LONGEST_TOPIC and "\x00" not in value else []
    return 0 < len(words) <= MOST_WORDS_IN_TOPIC
