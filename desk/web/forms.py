"""Forms as plain fields: the verbs decide what is right, a screen only shows it and keeps what was typed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from desk.common.errors import DeskError, Invalid

Words = str | Promise
Choices = tuple[tuple[str, Words], ...]  # values with their labels


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `kind` is text, secret, number, date, day, moment, area, choice, several or tick.

    A day is that of a week, with its hours as text.

    A secret's value is never shown.
    """

    name: str
    label: Words
    kind: str = "text"
    help: Words = ""
    value: str = ""
    chosen: tuple[str, ...] = ()
    choices: Choices = ()
    required: bool = True
    autocomplete: str = "off"
    placeholder: Words = ""
    language: str = ""
    problems: tuple[Words, ...] = ()


def filled(fields: Iterable[Field], values: Mapping[str, object], refused: DeskError | None = None) -> list[Field]:
    """The fields with what is known or was typed, and with what a verb said about each."""
    problems = refused.errors if refused else {}
    return [_filled(one, values, tuple(problems.get(one.name, ()))) for one in fields]


def show_form(
    request: HttpRequest,
    template: str,
    fields: Sequence[Field],
    context: Mapping[str, object],
    refused: DeskError | None = None,
) -> HttpResponse:
    """The page of a form; a script gets after a refusal only what is wrong where, so that nothing typed is lost."""
    known = {field.name for field in fields}
    elsewhere = (
        [words for name, several in refused.errors.items() if name not in known for words in several] if refused else []
    )
    everything = {**context, "fields": fields, "refused": refused, "elsewhere": elsewhere}
    if refused is not None and request.headers.get("HX-Request"):
        return render(request, "desk/parts/problems.html", everything, status=refused.status)
    return render(request, template, everything, status=refused.status if refused else 200)


def edit(
    request: HttpRequest,
    template: str,
    fields: Sequence[Field],
    known: Mapping[str, object],
    context: Mapping[str, object],
    verb: Callable[[], str],
    *,
    then: str,
) -> HttpResponse:
    """A page with a form: shown with what is `known`; once sent, `verb` keeps it and says so on the page `then`."""
    refused = None
    if request.method == "POST":
        try:
            messages.success(request, verb())
            return leave(request, then)
        except DeskError as problem:
            refused = problem
    values = request.POST if refused else known
    return show_form(request, template, filled(fields, values, refused), context, refused)


def leave(request: HttpRequest, name: str, *args: object) -> HttpResponse:
    """To another page, also where a script asked."""
    page = redirect(name, *args)
    return HttpResponse(headers={"HX-Redirect": page.url}) if request.headers.get("HX-Request") else page


def number(values: QueryDict, name: str) -> int:
    """A whole number. Raises Invalid."""
    try:
        return int(values.get(name, ""))
    except ValueError:
        raise Invalid(
            _("Some values can't be used: %(names)s.") % {"names": name}, errors={name: [_("Give a whole number.")]}
        ) from None


def choice(values: QueryDict, name: str) -> int | None:
    """The id that was chosen or the number that was given, or none. Raises Invalid."""
    return number(values, name) if values.get(name) else None


def numbers(values: QueryDict, name: str) -> list[int]:
    """The ids that were ticked; what is no number was not ours."""
    return [int(value) for value in values.getlist(name) if value.isdecimal()]


def _filled(field: Field, values: Mapping[str, object], problems: tuple[Words, ...]) -> Field:
    if field.kind == "secret":
        return replace(field, problems=problems)
    if field.kind == "several":
        given = values.getlist(field.name) if isinstance(values, QueryDict) else values.get(field.name, ())
        return replace(
            field, chosen=tuple(str(value) for value in given) if isinstance(given, Iterable) else (), problems=problems
        )
    value = values.get(field.name)
    return replace(field, value="" if value is None or value is False else str(value), problems=problems)
