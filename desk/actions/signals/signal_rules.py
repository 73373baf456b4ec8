"""The list of words that a comms team wants to hear of at once, and from how many who write the same it is told."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from desk.common.errors import Invalid
from desk.people.models import User, audit
from desk.people.permissions import Permission, require
from desk.signals.counting import LOUD_FROM
from desk.signals.models import Rules
from policies.crisis_scope import LONGEST_TOPIC, MOST_WORDS_IN_TOPIC, topic_words
from policies.trigger_words import MOST_WORDS

FEWEST_PEOPLE, MOST_PEOPLE, MOST_REACH = 3, 1_000, 1_000_000_000
NAMES = ("words", "least_reach", "words_on", "least_people", "alike_on")


def current() -> Rules:
    """As they are; as they come where nobody has changed them."""
    return Rules.objects.filter(pk=1).first() or Rules(pk=1)


def change(
    actor: User,
    *,
    words: Sequence[str] | None = None,
    least_reach: int | None = None,
    words_on: bool | None = None,
    least_people: int | None = None,
    alike_on: bool | None = None,
) -> Rules:
    """What is left out stays. Raises Invalid."""
    require(actor, Permission.MANAGE_CRISES)
    given = {
        "words": None if words is None else list(dict.fromkeys(" ".join(word.split()).lower() for word in words)),
        "least_reach": least_reach,
        "words_on": words_on,
        "least_people": least_people,
        "alike_on": alike_on,
    }
    asked = {name: value for name, value in given.items() if value is not None}
    _check(asked)
    with transaction.atomic():
        Rules.objects.get_or_create(pk=1)
        rules = Rules.objects.select_for_update().get(pk=1)
        changed = {name: value for name, value in asked.items() if getattr(rules, name) != value}
        for name, value in changed.items():
            setattr(rules, name, value)
        rules.save()
        if changed:
            audit(actor, "signal_rules_changed", rules, **changed)
    return rules


def _check(asked: Mapping[str, object]) -> None:
    errors: dict[str, list[str]] = {}
    words = asked.get("words", [])
    if isinstance(words, list):
        if len(words) > MOST_WORDS:
            errors["words"] = [_("At most %(count)d.") % {"count": MOST_WORDS}]
        wrong = [word for word in words if not _is_word(word)]
        if wrong:
            named = ", ".join(word[:40] for word in wrong[:5])
            errors["words"] = [
                _("A topic is one to ten words, with at most 100 letters: %(values)s.") % {"values": named}
            ]
    for name, least, most in (("least_reach", LOUD_FROM, MOST_REACH), ("least_people", FEWEST_PEOPLE, MOST_PEOPLE)):
        value = asked.get(name)
        if isinstance(value, int) and not least <= value <= most:
            errors[name] = [_("Give a number from %(least)d to %(most)d.") % {"least": least, "most": most}]
    if errors:
        raise Invalid(_("Some values can't be used: %(names)s.") % {"names": ", ".join(errors)}, errors=errors)


def _is_word(word: str) -> bool:
    found = topic_words(word) if len(word) <= LONGEST_TOPIC and "\x00" not in word else []
    return 0 < len(found) <= MOST_WORDS_IN_TOPIC
