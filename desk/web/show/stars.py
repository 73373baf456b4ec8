"""Stars of a review, as they are seen and as they are read out."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from desk.tickets.models import Message
from policies.scopes import RATINGS

MOST = RATINGS[-1]


def words(rating: int) -> str:
    """“2 stars”."""
    return ngettext("%(count)d star", "%(count)d stars", rating) % {"count": rating}


def choices() -> tuple[tuple[str, str], ...]:
    """All that a review may have, to choose from."""
    return tuple((str(number), words(number)) for number in RATINGS)


def drawn(rating: int | None) -> SafeString:
    """★★☆☆☆, empty where there are none."""
    if rating is None:
        return SafeString()
    shown = "★" * rating + "☆" * (MOST - rating)
    return format_html('<span class="stars" role="img" aria-label="{}">{}</span>', words(rating), shown)


def about(message: Message) -> str:
    """“version 8.1.0 · Pixel 9”: what the network tells beside words, or why a mail has none."""
    told = message.about or {}
    names = {
        "app_version": gettext("version %(value)s"),
        "device": "%(value)s",
        "system": "%(value)s",
        "country": "%(value)s",
        "place": gettext("location %(value)s"),
        "labels": gettext("marked on the network: %(value)s"),
    }
    found = [form % {"value": told[name]} for name, form in names.items() if told.get(name)]
    if told.get("recommends"):
        found.append(gettext("recommends us") if told["recommends"] == "yes" else gettext("does not recommend us"))
    if told.get("withheld") == "too_large":
        found.append(gettext("This mail is too large or too nested to be taken apart. Read it in the mailbox itself."))
    return " · ".join(found)


def publication(message: Message) -> str:
    """Where our answer stands with a network that looks at it first; empty once everybody can read it."""
    return {
        "pending": gettext("the network is still to publish it"),
        "refused": gettext("refused by the network: nobody can read it"),
    }.get((message.about or {}).get("publication", ""), "")
