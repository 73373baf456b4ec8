"""The fields of an article, and what was typed into them as the verbs take it."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.actions.knowledge.articles import said
from desk.common.errors import DeskError, Invalid
from desk.knowledge.models import LANGUAGES, Article
from desk.people.models import User
from desk.people.permissions import Permission, Role, permissions_of
from desk.web.forms import Choices, Field, choice

_TITLES = {"nl": gettext_lazy("Title in Dutch"), "en": gettext_lazy("Title in English")}
_BODIES = {"nl": gettext_lazy("Text in Dutch"), "en": gettext_lazy("Text in English")}
_BODY_HELP = gettext_lazy("Markdown: ## heading, - list, **bold**, [words](https://address).")


def text_fields() -> list[Field]:
    """One language may stay empty."""
    found = []
    for code in LANGUAGES:
        found.append(Field(f"{code}.title", _TITLES[code], required=False, language=code))
        found.append(Field(f"{code}.body", _BODIES[code], "area", required=False, language=code, help=_BODY_HELP))
    return found


def scope_fields(writer: User) -> list[Field]:
    """Whom it is for, what it is about, and who looks after it."""
    audiences = [
        (value, label)
        for value, label in Article.Audience.choices
        if value == Article.Audience.INTERNAL or writer.may(Permission.PUBLISH_ARTICLES)
    ]
    return [
        Field("audience", gettext_lazy("For"), "choice", choices=tuple(audiences)),
        Field("topics", gettext_lazy("Topics"), required=False, help=gettext_lazy("By commas.")),
        Field("owner", gettext_lazy("Owner"), "choice", required=False, choices=owners()),
        Field(
            "review_on",
            gettext_lazy("Review on"),
            "date",
            required=False,
            help=gettext_lazy("The owner is told on that day."),
        ),
    ]


def summary_field() -> Field:
    return Field("summary", gettext_lazy("What is different"), required=False)


def owners() -> Choices:
    """Everybody who may write articles."""
    roles = [role for role in Role.values if Permission.WRITE_ARTICLES in permissions_of(role)]
    people = User.objects.filter(is_active=True, role__in=roles)
    return (("", gettext_lazy("Nobody")), *((str(one.pk), one.name) for one in people))


def filter_fields() -> list[Field]:
    """What a list may be narrowed to, and in which order it stands."""
    everything = ("", gettext_lazy("all"))
    due = (
        ("review", gettext_lazy("to be reviewed")),
        ("unused", gettext_lazy("never used")),
        ("unhelpful", gettext_lazy("more often no help than help")),
    )
    languages = (("nl", gettext_lazy("Dutch")), ("en", gettext_lazy("English")))
    orderings = (
        ("", gettext_lazy("by title")),
        ("used", gettext_lazy("most used")),
        ("helped", gettext_lazy("most helpful")),
        ("review", gettext_lazy("first to be reviewed")),
        ("changed", gettext_lazy("last changed")),
    )
    choices: tuple[tuple[str, Any, Choices], ...] = (
        ("audience", gettext_lazy("For"), (everything, *Article.Audience.choices)),
        ("language", gettext_lazy("Language"), (everything, *languages)),
        ("due", gettext_lazy("Worth a look"), (everything, *due)),
        ("ordering", gettext_lazy("Order"), orderings),
    )
    fields = [Field(name, label, "choice", choices=several, required=False) for name, label, several in choices]
    words = Field("q", gettext_lazy("Search"), placeholder=gettext_lazy("Search"), required=False)
    return [words, Field("topic", gettext_lazy("Topic"), placeholder=gettext_lazy("Topic"), required=False), *fields]


def typed(article: Article) -> dict[str, Any]:
    """What stands in the fields of one that is there."""
    texts = {f"{one['language']}.{name}": one[name] for one in said(article) for name in ("title", "body")}
    return {
        **texts,
        "audience": article.audience,
        "topics": ", ".join(article.topics),
        "owner": article.owner_id or "",
        "review_on": article.review_on.isoformat() if article.review_on else "",
    }


def values_of(values: QueryDict) -> dict[str, Any]:
    """By the names that the verbs know. Raises Invalid."""
    day = values.get("review_on", "")
    try:
        review_on = parse_date(day) if day else None
    except ValueError:
        review_on = None
    if day and review_on is None:
        raise Invalid(
            _("Some values can't be used: %(names)s.") % {"names": "review_on"},
            errors={"review_on": [_("This is no day.")]},
        )
    return {
        "texts": texts_of(values),
        "audience": values.get("audience", Article.Audience.INTERNAL),
        "topics": values.get("topics", "").split(","),
        "owner_id": choice(values, "owner"),
        "review_on": review_on,
    }


def texts_of(values: Mapping[str, Any]) -> list[dict[str, str]]:
    """Those languages in which anything was typed."""
    return [
        {"language": code, "title": values.get(f"{code}.title", ""), "body": values.get(f"{code}.body", "")}
        for code in LANGUAGES
        if str(values.get(f"{code}.title", "")).strip() or str(values.get(f"{code}.body", "")).strip()
    ]


def at_fields(refused: DeskError, values: Mapping[str, Any]) -> DeskError:
    """The same refusal, by the names of the fields."""
    languages = [one["language"] for one in texts_of(values)]
    errors = {}
    for path, words in refused.errors.items():
        parts = path.split(".")
        if parts[0] == "texts" and len(parts) == 3:
            path = f"{languages[int(parts[1])]}.{parts[2]}"
        elif parts == ["texts"]:
            path = f"{LANGUAGES[0]}.title"
        errors[path] = words
    return Invalid(refused.message, code=refused.code, errors=errors) if errors else refused
