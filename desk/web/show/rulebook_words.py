"""What parts of a rulebook are called on the screen."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from desk.inboxes.gateway import all_networks
from policies.options import Option
from policies.plain_language import Called

SIGNATURE = gettext_lazy("Signature")
FRAME: Mapping[str, Promise] = {
    "due_minutes": gettext_lazy("Minutes for whoever approves"),
    "deputy_after_minutes": gettext_lazy("Minutes after that until the deputies are asked as well"),
}
VISIBILITIES = (("public", gettext_lazy("in public")), ("private", gettext_lazy("in private")))
LANGUAGES = (("nl", gettext_lazy("Dutch")), ("en", gettext_lazy("English")))


def networks() -> dict[str, str]:
    """By short name, what each is called."""
    return {one.slug: str(one.label) for one in all_networks()}


def called() -> Called:
    """The names of networks and languages, for what a rulebook says in plain language."""
    return {"network": networks(), "language": {code: str(label) for code, label in LANGUAGES}}


def label_of(option: Option) -> str:
    """What an option is for, in the reader's language."""
    words = {"en": option.en, "nl": option.nl}
    return words.get((get_language() or "en")[:2], option.en).rstrip(".")


def codes(found: Iterable[str]) -> str:
    """Codes of findings as a list."""
    return ", ".join(sorted(found)) or _("nothing")


def facts(given: Mapping[str, Any]) -> str:
    """What else the reply of an example is: “X, in private, crisis level 2”."""
    return ", ".join(_fact(name, value) for name, value in given.items())


def _fact(name: str, value: Any) -> str:
    known: Mapping[str, Mapping[str, object]] = {
        "network": networks(),
        "visibility": dict(VISIBILITIES),
        "language": dict(LANGUAGES),
    }
    if name in known:
        return str(known[name].get(value, value))
    if name == "signature":
        return _("signed %(mark)s") % {"mark": value} if value else _("not signed")
    if name == "complaint":
        return _("the customer complains") if value else _("the customer does not complain")
    sentences = {
        "brand": _("brand %(value)s"),
        "team": _("team %(value)s"),
        "rating": _("stars: %(value)s"),
        "crisis_level": _("crisis level %(value)s"),
        "roles": _("by %(value)s"),
    }
    listed = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
    return sentences[name] % {"value": listed}
