"""Administration of people: who works here, what they may do, and their way in."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from desk.actions.people import people as verbs
from desk.common.errors import DeskError
from desk.common.paging import slice_after
from desk.inboxes.gateway import text_messages
from desk.people.models import ApiToken, Team, User
from desk.people.permissions import Permission, Role
from desk.web.forms import Field, choice, filled, numbers, show_form
from desk.web.guards import person, signed_in

PAGE = 100
MANAGE = Permission.MANAGE_PEOPLE
LISTS = ("languages", "skills", "knows")
TEXTS = ("username", "first_name", "last_name", "email", "mobile", "role", "signature", "language")


@signed_in(MANAGE)
def overview(request: HttpRequest) -> HttpResponse:
    """Everybody by name, also who has left."""
    rows = User.objects.prefetch_related("teams")
    page = slice_after(rows, ("first_name", "last_name", "id"), request.GET.get("cursor", ""), PAGE)
    totp = Authenticator.objects.filter(type=Authenticator.Type.TOTP, user__in=page.rows)
    protected = set(totp.values_list("user_id", flat=True))
    context = {"people": [(one, one.pk in protected) for one in page.rows], "page": page}
    return render(request, "desk/administration/people.html", context)


@signed_in(MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """A new colleague with a first password."""
    refused = None
    if request.method == "POST":
        try:
            user = verbs.create_user(
                person(request),
                password=request.POST.get("password", ""),
                team_ids=numbers(request.POST, "teams"),
                **_texts(request),
                **_gifts(request),
            )
            words = _("%(name)s can sign in now.") if user.has_seat else _("%(name)s can be asked now.")
            messages.success(request, words % {"name": user.name})
            return _to(request, user)
        except DeskError as problem:
            refused = problem
    fields = [*_fields(), _password_field(gettext_lazy("First password"), required=False)]
    values = request.POST or {"role": Role.AGENT, "language": settings.LANGUAGE_CODE}
    return show_form(request, "desk/administration/person_new.html", filled(fields, values, refused), {}, refused)


@signed_in(MANAGE)
def one(request: HttpRequest, user_id: int) -> HttpResponse:
    """One colleague: role, teams, signature, whether active; tokens and the second factor."""
    user = _user(user_id)
    refused = None
    if request.method == "POST":
        try:
            verbs.change_user(
                person(request),
                user_id,
                team_ids=numbers(request.POST, "teams"),
                is_active=request.POST.get("is_active") == "on",
                **_texts(request),
                **_gifts(request),
            )
            messages.success(request, _("The changes are kept."))
            return _to(request, user)
        except DeskError as problem:
            refused = problem
    return _page(request, user, refused=refused)


@require_POST
@signed_in(MANAGE)
def password(request: HttpRequest, user_id: int) -> HttpResponse:
    """A new password for somebody who lost theirs."""
    user = _user(user_id)
    try:
        verbs.set_password(person(request), user_id, request.POST.get("password", ""))
    except DeskError as refused:
        fields = filled([_password_field(gettext_lazy("New password"))], {}, refused)
        return show_form(request, "desk/parts/problems.html", fields, {}, refused)
    messages.success(request, _("%(name)s has a new password and is signed out everywhere.") % {"name": user.name})
    return _to(request, user)


@require_POST
@signed_in(MANAGE)
def second_factor(request: HttpRequest, user_id: int) -> HttpResponse:
    """Take it away from somebody who lost it."""
    user = verbs.reset_second_factor(person(request), user_id)
    messages.success(
        request,
        _("%(name)s signs in with the password alone until a new second factor is set up.") % {"name": user.name},
    )
    return redirect("administration-person", user_id)


@require_POST
@signed_in(MANAGE)
def issue(request: HttpRequest, user_id: int) -> HttpResponse:
    """A token for the API. Its secret is on this one answer and nowhere else."""
    user = _user(user_id)
    token, secret = verbs.issue_token(person(request), user, request.POST.get("name", ""))
    answer = _page(request, user, issued=(token, secret))
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@signed_in(MANAGE)
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """Programs with this token are refused from now on."""
    token = get_object_or_404(ApiToken, pk=token_id)
    verbs.revoke_token(person(request), token_id)
    messages.success(request, _("The token is revoked."))
    return redirect("administration-person", token.user_id)


def _page(
    request: HttpRequest, user: User, *, refused: DeskError | None = None, issued: tuple[ApiToken, str] | None = None
) -> HttpResponse:
    values: dict[str, Any] = {name: getattr(user, name) for name in (*TEXTS, "is_active")}
    values["teams"] = [team.pk for team in user.teams.all()]
    values |= {name: ", ".join(getattr(user, name)) for name in LISTS} | {"ticket_cap": user.ticket_cap}
    active = Field(
        "is_active",
        gettext_lazy("Works here"),
        kind="tick",
        help=gettext_lazy("Who does not is signed out at once and can't sign in."),
    )
    fields = filled([*_fields(), active], request.POST if refused else values, refused)
    context = {
        "person": user,
        "tokens": user.api_tokens.order_by("-id"),
        "issued": issued,
        "protected": Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists(),
        "password_fields": [_password_field(gettext_lazy("New password"))],
    }
    return show_form(request, "desk/administration/person.html", fields, context, refused)


def _fields() -> list[Field]:
    teams = tuple((str(team.pk), team.name) for team in Team.objects.all())
    return [
        Field("first_name", gettext_lazy("First name"), required=False),
        Field("last_name", gettext_lazy("Last name"), required=False),
        Field(
            "username",
            gettext_lazy("Username"),
            help=gettext_lazy("To sign in, and to be mentioned in notes: @username."),
        ),
        Field("email", gettext_lazy("E-mail address"), required=False),
        *_mobile(),
        Field("role", gettext_lazy("Role"), kind="choice", choices=tuple(Role.choices)),
        Field("teams", gettext_lazy("Teams"), kind="several", choices=teams),
        Field(
            "signature",
            gettext_lazy("Signature"),
            required=False,
            help=gettext_lazy("Your initials. JK becomes ^JK under your replies."),
        ),
        Field("language", gettext_lazy("Language"), kind="choice", choices=tuple(settings.LANGUAGES)),
        Field(
            "languages",
            gettext_lazy("Answers customers in"),
            required=False,
            help=gettext_lazy("Two letters for each language, with commas: nl, en. Empty is any."),
        ),
        Field(
            "skills",
            gettext_lazy("Skills"),
            required=False,
            help=gettext_lazy("Names of tags and networks, with commas: refund, x. For teams that assign by skill."),
        ),
        Field(
            "knows",
            gettext_lazy("Can be asked about"),
            required=False,
            help=gettext_lazy("Subjects, with commas: refunds, night trains. People say it of themselves, too."),
        ),
        Field(
            "ticket_cap",
            gettext_lazy("Most open tickets"),
            kind="number",
            required=False,
            help=gettext_lazy("With so many the desk assigns no more. Empty is no limit."),
        ),
    ]


def _password_field(label: Any, *, required: bool = True) -> Field:
    return Field(
        "password",
        label,
        kind="secret",
        required=required,
        autocomplete="new-password",
        help=gettext_lazy("At least 10 characters; a sentence is best."),
    )


def _mobile() -> list[Field]:
    """Only where texts can be sent."""
    if text_messages() is None:
        return []
    hint = gettext_lazy("For text messages of a crisis, with the country: +31612345678.")
    return [Field("mobile", gettext_lazy("Mobile number"), required=False, help=hint)]


def _texts(request: HttpRequest) -> dict[str, Any]:
    """A number that the form does not ask for stays."""
    return {name: request.POST.get(name, "") for name in TEXTS if name != "mobile" or name in request.POST}


def _gifts(request: HttpRequest) -> dict[str, Any]:
    """What somebody speaks, knows and can carry; what the form does not hold stays. Raises Invalid."""
    lists = {name: request.POST[name].split(",") for name in LISTS if name in request.POST}
    return lists | ({"ticket_cap": choice(request.POST, "ticket_cap")} if "ticket_cap" in request.POST else {})


def _user(user_id: int) -> User:
    return get_object_or_404(User.objects.prefetch_related("teams"), pk=user_id)


def _to(request: HttpRequest, user: User) -> HttpResponse:
    page = redirect("administration-person", user.pk)
    return HttpResponse(headers={"HX-Redirect": page.url}) if request.headers.get("HX-Request") else page
