"""Administration of inboxes: how each really is, connecting one, changing it."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import select_template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from desk.actions.inboxes import inboxes as verbs
from desk.actions.inboxes.standing import health
from desk.actions.intake.inbound_mail import MAIL
from desk.common.errors import DeskError, Missing
from desk.inboxes.gateway import Capabilities, Connector, network
from desk.inboxes.models import CoverageGap, Inbox
from desk.inboxes.words import told
from desk.people.permissions import Permission
from desk.web import matrix as capabilities
from desk.web.forms import choice, filled, number, show_form
from desk.web.guards import person, signed_in
from desk.web.inbox_fields import OPTION, credential_fields, is_option, setting_fields
from desk.web.show.tiles import Tile, tile
from desk.web.views import reconciliations

MANAGE = Permission.MANAGE_INBOXES
GAPS_SHOWN = 10
SETTINGS = (
    "name",
    "base_url",
    "team",
    "brand",
    "language",
    "poll_seconds",
    "conversation_window_hours",
    "monthly_budget",
)
NEW_SETTINGS = SETTINGS[:-2]
VERBS = {"pause": verbs.pause, "resume": verbs.resume}


@dataclass(frozen=True, slots=True)
class Card:
    """A network as a template reads it (a class would be called there)."""

    slug: str
    label: str
    code: str
    private_code: str
    capabilities: Capabilities


@dataclass(frozen=True, slots=True)
class Row:
    """One inbox of the list."""

    inbox: Inbox
    tile: Tile
    error: str  # the last one, in the reader's language


@signed_in(MANAGE)
def overview(request: HttpRequest) -> HttpResponse:
    """All inboxes and how they are."""
    rows = [Row(inbox, tile(inbox.network), told(inbox.last_error)) for inbox in Inbox.objects.select_related("team")]
    return render(request, "desk/administration/inboxes.html", {"rows": rows})


@signed_in(MANAGE)
def choose(request: HttpRequest) -> HttpResponse:
    """Which network."""
    return render(
        request, "desk/administration/inbox_choose.html", {"networks": [_card(one) for one in verbs.networks()]}
    )


@signed_in(MANAGE)
def connect(request: HttpRequest, slug: str) -> HttpResponse:
    """Connect an account: its credentials and how it is worked."""
    connector = _network(slug)
    settings = [field for field in setting_fields(connector) if field.name in NEW_SETTINGS or is_option(field)]
    # Where the account's server has to be given, it must be known before the connection is tested.
    where = [field for field in settings if field.name == "base_url" and field.required]
    fields = [*where, *credential_fields(connector), *(field for field in settings if field not in where)]
    refused = None
    if request.method == "POST":
        try:
            inbox = verbs.create_inbox(
                person(request), network=slug, credentials=_credentials(request), **_settings(request, NEW_SETTINGS)
            )
            messages.success(
                request, _("%(name)s is connected. Its first messages are on their way.") % {"name": inbox.name}
            )
            return _go(request, reverse("administration-inbox", args=[inbox.pk]))
        except DeskError as problem:
            refused = problem
    usual = {"poll_seconds": 60, "language": "nl"}
    context = {
        "connector": _card(connector),
        "tile": tile(slug),
        "count": len(where) + len(connector.credential_fields),
        "matrix": capabilities.rows([connector]),
    }
    return show_form(
        request, "desk/administration/inbox_new.html", filled(fields, request.POST or usual, refused), context, refused
    )


@require_POST
@signed_in(MANAGE)
def try_out(request: HttpRequest, slug: str) -> HttpResponse:
    """Test connection, before anything is kept: who the network says we are, and what is missing."""
    try:
        info = verbs.test_connection(
            person(request),
            network=slug,
            base_url=request.POST.get("base_url", "").strip(),
            credentials=_credentials(request),
        )
    except DeskError as refused:
        fields = filled(credential_fields(_network(slug)), {}, refused)
        return show_form(request, "desk/parts/problems.html", fields, {}, refused)
    connector = _network(slug)
    known = {"info": info, "connector": _card(connector), "matrix": capabilities.rows([connector])}
    return render(request, "desk/administration/tested.html", known)


@signed_in(MANAGE)
def one(request: HttpRequest, inbox_id: int) -> HttpResponse:
    """One inbox: its health, its webhook address, its settings."""
    return _page(request, _inbox(inbox_id))


@require_POST
@signed_in(MANAGE)
def change(request: HttpRequest, inbox_id: int) -> HttpResponse:
    """Name, rhythm, team, language, promise."""
    inbox = _inbox(inbox_id)
    try:
        verbs.change_inbox(person(request), inbox_id, **_settings(request))
    except DeskError as refused:
        return _page(request, inbox, settings_refused=refused)
    messages.success(request, _("The settings are kept."))
    return _go(request, reverse("administration-inbox", args=[inbox_id]))


@require_POST
@signed_in(MANAGE)
def reauthorise(request: HttpRequest, inbox_id: int) -> HttpResponse:
    """New credentials; a field that is left empty keeps what it had."""
    inbox = _inbox(inbox_id)
    try:
        verbs.reauthorise(person(request), inbox_id, _credentials(request))
    except DeskError as refused:
        return _page(request, inbox, credentials_refused=refused)
    messages.success(request, _("Authorised again. What waited to be sent leaves now."))
    return _go(request, reverse("administration-inbox", args=[inbox_id]))


@require_POST
@signed_in(MANAGE)
def test(request: HttpRequest, inbox_id: int) -> HttpResponse:
    """Test connection with the credentials that are kept."""
    try:
        info = verbs.test_inbox(person(request), inbox_id)
    except DeskError as refused:
        return show_form(request, "desk/parts/problems.html", [], {}, refused)
    return render(request, "desk/administration/tested.html", {"info": info})


@require_POST
@signed_in(MANAGE)
def act(request: HttpRequest, inbox_id: int, verb: str) -> HttpResponse:
    """Pause, resume or delete."""
    if verb == "delete":
        name = _inbox(inbox_id).name
        verbs.delete_inbox(person(request), inbox_id)
        messages.success(request, _("%(name)s is deleted.") % {"name": name})
        return redirect("administration-inboxes")
    if verb not in VERBS:
        raise Missing(_("There is no such action."))
    VERBS[verb](person(request), inbox_id)
    return redirect("administration-inbox", inbox_id)


@signed_in(MANAGE)
def matrix(request: HttpRequest) -> HttpResponse:
    """What each network can do: screens offer nothing else."""
    networks = verbs.networks()
    return render(
        request,
        "desk/administration/networks.html",
        {"networks": [_card(one) for one in networks], "rows": capabilities.rows(networks)},
    )


def _page(
    request: HttpRequest,
    inbox: Inbox,
    *,
    settings_refused: DeskError | None = None,
    credentials_refused: DeskError | None = None,
) -> HttpResponse:
    connector = _network(inbox.network)
    refreshed = bool(request.headers.get("HX-Request"))  # only the health of it is taken then
    values = {name: getattr(inbox, name) for name in SETTINGS} | {"team": inbox.team_id or ""}
    values |= {f"{OPTION}{name}": value for name, value in inbox.options.items()}
    settings = filled(setting_fields(connector), request.POST if settings_refused else values, settings_refused)
    kept = [replace(field, required=False, placeholder=_("kept as it is")) for field in credential_fields(connector)]
    credentials = filled(kept, {}, credentials_refused)
    hint = select_template(
        [f"desk/administration/webhooks/{inbox.network}.html", "desk/administration/webhooks/other.html"]
    )
    context = {
        "inbox": inbox,
        "tile": tile(inbox.network),
        "is_mail": inbox.network == MAIL,
        "connector": _card(connector),
        "health": health(inbox),
        "gaps": CoverageGap.objects.filter(inbox=inbox).order_by("-started_at")[:GAPS_SHOWN],
        "webhook": verbs.webhook_address(inbox),
        "webhook_hint": hint.template.name,
        "comparisons": reconciliations.newest(inbox),
        "compare_fields": reconciliations.fields(),
        "offers": [] if refreshed else reconciliations.offers(inbox, timezone.now()),
        "settings": settings,
        "credentials": credentials,
        "settings_refused": settings_refused,
        "credentials_refused": credentials_refused,
    }
    shown = settings if settings_refused else credentials
    return show_form(request, "desk/administration/inbox.html", shown, context, settings_refused or credentials_refused)


def _settings(request: HttpRequest, names: tuple[str, ...] = SETTINGS) -> dict[str, Any]:
    values = request.POST
    texts = {name: values.get(name, "") for name in ("name", "base_url", "language")}
    counts = {name: number(values, name) for name in names if name.endswith(("_minutes", "_seconds", "_hours"))}
    budget = {"monthly_budget": choice(values, "monthly_budget")} if "monthly_budget" in names else {}
    options = _named(request, OPTION)
    return {**texts, **counts, **budget, "team_id": choice(values, "team"), **({"options": options} if options else {})}


def _credentials(request: HttpRequest) -> dict[str, str]:
    return _named(request, "credentials.")


def _named(request: HttpRequest, prefix: str) -> dict[str, str]:
    """The fields whose names begin so, without that."""
    return {name.removeprefix(prefix): request.POST[name] for name in request.POST if name.startswith(prefix)}


def _go(request: HttpRequest, url: str) -> HttpResponse:
    """To another page, also when a script asked."""
    return HttpResponse(headers={"HX-Redirect": url}) if request.headers.get("HX-Request") else redirect(url)


def _card(connector: type[Connector]) -> Card:
    return Card(connector.slug, connector.label, connector.code, connector.private_code, connector.capabilities)


def _inbox(inbox_id: int) -> Inbox:
    return get_object_or_404(Inbox.objects.select_related("team"), pk=inbox_id)


def _network(slug: str) -> type[Connector]:
    try:
        return network(slug)
    except LookupError:
        raise Missing(_("There is no such network.")) from None
