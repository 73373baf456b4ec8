"""What the command bar finds: a ticket by its number or words, views, inboxes, people, and things to do.

Never more than a few of each: it is a way to somewhere, not a list.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.customers.masking import Eyes
from desk.inboxes.models import Inbox
from desk.people.models import User
from desk.people.permissions import Permission
from desk.tickets.models import Ticket
from desk.tickets.queries import QueueFilter, queue, visible_tickets
from desk.tickets.search import tickets_of_people
from desk.web.areas import AREAS
from desk.web.show import text
from desk.web.show.tiles import Tile, tile

EACH = 6
SHORTEST = 2  # letters before messages are searched

VIEWS: tuple[tuple[str, Promise], ...] = (
    ("mine", gettext_lazy("Mine")),
    ("mentioned", gettext_lazy("I was mentioned")),
    ("unassigned", gettext_lazy("Unassigned")),
    ("open", gettext_lazy("All open")),
    ("waiting", gettext_lazy("Waiting")),
    ("breached", gettext_lazy("Breached")),
    ("problems", gettext_lazy("Held and failed")),
    ("snoozed", gettext_lazy("Snoozed")),
    ("resolved", gettext_lazy("Resolved")),
    ("spam", gettext_lazy("Spam")),
    ("muted", gettext_lazy("Muted")),
)
FORMS: tuple[tuple[str, Promise], ...] = (
    ("set-away", gettext_lazy("I am away, or back")),
    ("sign-out", gettext_lazy("Sign out")),
)


@dataclass(frozen=True, slots=True)
class Option:
    """One line: where it leads (`url`), which form of the page it sends (`form`), or which key it presses (`press`)."""

    label: str
    url: str = ""
    form: str = ""
    press: str = ""
    hint: str = ""
    icon: str = ""
    tile: Tile | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Options of one kind under a head."""

    label: str
    options: list[Option]


def find(user: User, words: str) -> list[Group]:
    """What fits a few letters, grouped, best kind first. Nothing typed: where one often goes."""
    words = " ".join(words.replace("\x00", "").split())[:100]
    kinds: list[tuple[str, Iterable[Option]]] = [(_("Go to"), _pages(user, words)), (_("Do"), _forms(words))]
    if user.may(Permission.READ_TICKETS):
        kinds[:0] = [(_("Tickets"), _tickets(user, words)), (_("On this ticket"), _deeds(user, words))]
        kinds += [(_("Inboxes"), _inboxes(words)), (_("People"), _people(words))]
    groups = (Group(label, list(islice(options, EACH))) for label, options in kinds)
    return [group for group in groups if group.options]


def _tickets(user: User, words: str) -> Iterator[Option]:
    number, eyes = words.lstrip("#"), Eyes(user)
    if number.isdecimal() and len(number) < 19:
        for ticket in visible_tickets(user).select_related("inbox", "profile").filter(pk=int(number)):
            yield _ticket(ticket, eyes)
    if len(words) < SHORTEST:
        return
    found = list(queue(user, QueueFilter(q=words), now=timezone.now(), ordering="-created_at", size=EACH).rows)
    known = tickets_of_people(visible_tickets(user).select_related("inbox", "profile"), words).order_by("-id")[:EACH]
    for ticket in {one.pk: one for one in [*known, *found]}.values():
        yield _ticket(ticket, eyes)


def _ticket(ticket: Ticket, eyes: Eyes) -> Option:
    name = text.name(ticket.profile.name, ticket.profile.handle)
    return Option(
        f"{name} · {eyes.start(ticket.preview)}",
        reverse("ticket", args=[ticket.pk]),
        hint=f"#{ticket.pk}",
        tile=tile(ticket.inbox.network, private=ticket.private),
        language=ticket.language,
    )


def _pages(user: User, words: str) -> Iterator[Option]:
    if user.may(Permission.READ_TICKETS):
        for view, label in VIEWS:
            if _fits(label, words):
                yield Option(str(label), f"{reverse('queue')}?{urlencode({'view': view})}", icon="list")
    if words:
        if user.may(Permission.SEE_REPORTS) and _fits(_("Home"), words):
            yield Option(_("Home"), reverse("home"), icon="home")
        if _fits(_("What our replies must keep to"), words):
            yield Option(_("What our replies must keep to"), reverse("policy"), icon="note")
        if user.may(Permission.READ_TICKETS) and _fits(_("Threads"), words):
            yield Option(_("Threads"), reverse("threads"), icon="talk")
        if user.may(Permission.WRITE_NOTES) and _fits(_("New thread"), words):
            yield Option(_("New thread"), reverse("thread-new"), icon="talk", hint="n")
        if user.may(Permission.WORK_TICKETS) and _fits(_("Macros"), words):
            yield Option(_("Macros"), reverse("macros"), icon="list")
        if user.may(Permission.READ_TICKETS) and _fits(_("Causes"), words):
            yield Option(_("Causes"), reverse("causes"), icon="report")
        if _fits(_("Crises"), words) or _fits(_("Start a crisis"), words):
            if user.may(Permission.MANAGE_CRISES):
                yield Option(_("Start a crisis"), reverse("crisis-new"), icon="megaphone", hint="!")
            if user.may(Permission.SEE_CRISES):
                yield Option(_("Crises"), reverse("crises"), icon="megaphone")
        if user.may(Permission.SEE_CRISES):
            for said, name in ((_("Signals"), "signals"), (_("What is watched"), "signal-streams")):
                if _fits(said, words):
                    yield Option(said, reverse(name), icon="megaphone")
        for area in AREAS:
            if area.opens_for(user) and _fits(area.label, words):
                yield Option(str(area.label), reverse(area.page), icon="settings", hint=_("Administration"))


def _deeds(user: User, words: str) -> Iterator[Option]:
    """For a page with a ticket; on another one the bar leaves them out."""
    if words and user.may(Permission.WORK_TICKETS) and _fits(_("Macro"), words):
        yield Option(_("Macro"), press="m", icon="list", hint="m")


def _forms(words: str) -> Iterator[Option]:
    for form, label in FORMS:
        if words and _fits(label, words):
            yield Option(str(label), form=form, icon="person")


def _inboxes(words: str) -> Iterator[Option]:
    if words:
        for inbox in Inbox.objects.filter(Q(name__icontains=words) | Q(handle__icontains=words))[:EACH]:
            yield Option(
                inbox.name,
                f"{reverse('queue')}?{urlencode({'inbox': inbox.pk})}",
                tile=tile(inbox.network),
                hint=inbox.handle,
            )


def _people(words: str) -> Iterator[Option]:
    if words:
        named = Q(first_name__icontains=words) | Q(last_name__icontains=words) | Q(username__icontains=words)
        for one in User.objects.filter(named, is_active=True)[:EACH]:
            query = urlencode({"view": "open", "assignee": one.pk})
            yield Option(one.name, f"{reverse('queue')}?{query}", icon="person", hint=_("open tickets"))


def _fits(label: str | Promise, words: str) -> bool:
    return words.casefold() in str(label).casefold()
