"""Articles are written, changed, made public, deleted; each change of words is a version."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.common.errors import Conflict, Invalid, Missing
from desk.knowledge.models import (
    LANGUAGES,
    LONGEST_BODY,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    LONGEST_TOPIC,
    MOST_TOPICS,
    Article,
    ArticleText,
    ArticleVersion,
)
from desk.people.models import User, audit
from desk.people.permissions import Permission, require

CHANGEABLE = ("audience", "topics", "owner_id", "review_on", "texts")
Texts = list[dict[str, str]]
Errors = dict[str, list[str]]


def create_article(actor: User | None, **values: Any) -> Article:
    """By the names in CHANGEABLE; its owner is who wrote it where nobody else is named. Raises Invalid."""
    now = timezone.now()
    article = Article(owner=actor, created_at=now, changed_at=now)
    _may_write(actor, article, values)
    texts = _apply(article, values)
    if not texts:
        raise Invalid(_("Write it in one language at least."), errors={"texts": [_("This can't be empty.")]})
    with transaction.atomic():
        article.save()
        _keep(article, texts, actor, "")
        audit(actor, "article_created", article, title=article.title, audience=article.audience)
    return article


def change_article(
    actor: User | None, article_id: int, *, based_on: int | None = None, summary: str = "", **changes: Any
) -> Article:
    """What is left out stays. `based_on` is the version that the writer began with; `summary` says what is different.

    Raises Invalid, Missing, Conflict where a colleague was quicker.
    """
    with transaction.atomic():
        article = _article(article_id)
        _may_write(actor, article, changes)
        if based_on is not None and "texts" in changes and based_on != article.version:
            raise Conflict(
                _("A colleague changed this article while you wrote. Look at what is there now before you keep yours.")
            )
        before = {name: getattr(article, name) for name in CHANGEABLE if name in changes and name != "texts"}
        known = said(article)
        texts = _apply(article, changes)
        if texts == []:
            raise Invalid(_("Write it in one language at least."), errors={"texts": [_("This can't be empty.")]})
        if article.review_on != before.get("review_on", article.review_on):
            article.review_told = False
        if texts is not None and texts != known:
            article.version += 1
            article.changed_at = timezone.now()
            _keep(article, texts, actor, summary.strip()[:LONGEST_SUMMARY])
        article.save()
        changed = {
            name: str(value) if isinstance(value, date) else value
            for name, value in before.items()
            if getattr(article, name) != value
        }
        audit(actor, "article_changed", article, title=article.title, version=article.version, before=changed)
    return article


def delete_article(actor: User | None, article_id: int) -> None:
    """With its versions; replies that were written with it stay as they are. Raises Missing."""
    with transaction.atomic():
        article = _article(article_id)
        _may_write(actor, article, {})
        audit(actor, "article_deleted", article, title=article.title, texts=said(article))
        article.delete()


def restore_version(actor: User | None, article_id: int, number: int) -> Article:
    """Let an article read as it did: a new version with the old words. Raises Missing."""
    version = ArticleVersion.objects.filter(article_id=article_id, number=number).first()
    if version is None:
        raise Missing(_("There is no such version."))
    return change_article(
        actor, article_id, texts=version.texts, summary=_("As in version %(number)d") % {"number": number}
    )


def said(article: Article) -> Texts:
    """What it says in the form that verbs take and versions keep."""
    return [
        {"language": one.language, "title": one.title, "body": one.body}
        for one in sorted(article.texts.all(), key=lambda one: LANGUAGES.index(one.language))
    ]


def _may_write(actor: User | None, article: Article, changes: dict[str, Any]) -> None:
    """Everybody may write for colleagues; what customers may read needs somebody who may let it."""
    if actor is None:
        return
    audiences = {article.audience, changes.get("audience", article.audience)}
    inside = audiences == {Article.Audience.INTERNAL}
    require(actor, Permission.WRITE_ARTICLES if inside else Permission.PUBLISH_ARTICLES)


def _apply(article: Article, values: dict[str, Any]) -> Texts | None:
    """Put the values in; the texts, where they are among them, to be kept with it. Raises Invalid."""
    if unknown := set(values) - set(CHANGEABLE):
        raise Invalid(_("This can't be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    errors: Errors = {}
    for name in ("owner_id", "review_on", "audience"):
        if name in values:
            setattr(article, name, values[name])
    if article.audience not in Article.Audience.values:
        errors["audience"] = [_("Choose from: %(known)s.") % {"known": ", ".join(Article.Audience.values)}]
    if values.get("owner_id") and not _may_own(values["owner_id"]):
        errors["owner"] = [_("Choose a colleague who may write articles.")]
    if "topics" in values:
        article.topics = list(dict.fromkeys(one.strip().lower() for one in values["topics"] if one.strip()))
        if len(article.topics) > MOST_TOPICS or any(len(one) > LONGEST_TOPIC for one in article.topics):
            errors["topics"] = [
                _("At most %(most)d topics of at most %(longest)d characters.")
                % {"most": MOST_TOPICS, "longest": LONGEST_TOPIC}
            ]
    texts = None
    if "texts" in values:
        texts, wrong = _read(values["texts"])
        errors |= wrong
    if errors:
        raise Invalid(_("Some values can't be used: %(names)s.") % {"names": ", ".join(sorted(errors))}, errors=errors)
    return texts


def _read(given: list[dict[str, str]]) -> tuple[Texts, Errors]:
    """The texts, Dutch first, and what is wrong with each by its place in what was given."""
    errors: Errors = {}
    texts: dict[str, dict[str, str]] = {}
    for number, one in enumerate(given):
        language = one.get("language", "")
        title, body = (str(one.get(name, "")).replace("\x00", "").strip() for name in ("title", "body"))
        if language not in LANGUAGES:
            errors[f"texts.{number}.language"] = [_("Choose from: %(known)s.") % {"known": ", ".join(LANGUAGES)}]
        elif language in texts:
            errors[f"texts.{number}.language"] = [_("There are two texts in this language.")]
        for name, value, longest in (("title", title, LONGEST_TITLE), ("body", body, LONGEST_BODY)):
            if not value:
                errors[f"texts.{number}.{name}"] = [_("This can't be empty.")]
            elif len(value) > longest:
                errors[f"texts.{number}.{name}"] = [_("At most %(longest)d characters.") % {"longest": longest}]
        texts[language] = {"language": language, "title": title, "body": body}
    return [texts[language] for language in LANGUAGES if language in texts], errors


def _may_own(user_id: int) -> bool:
    person = User.objects.filter(pk=user_id).first()
    return person is not None and person.may(Permission.WRITE_ARTICLES)


def _keep(article: Article, texts: Texts, actor: User | None, summary: str) -> None:
    """Its texts as they are now, and the version that says so."""
    article.title = texts[0]["title"]
    article.words = "\n".join(f"{one['title']} {one['body']}" for one in texts)
    article.save(update_fields=["title", "words"])
    languages = [one["language"] for one in texts]
    article.texts.exclude(language__in=languages).delete()
    for one in texts:
        ArticleText.objects.update_or_create(
            article=article, language=one["language"], defaults={"title": one["title"], "body": one["body"]}
        )
    ArticleVersion.objects.create(
        article=article, number=article.version, texts=texts, summary=summary, author=actor, at=timezone.now()
    )


def _article(article_id: int) -> Article:
    article = Article.objects.select_for_update().filter(pk=article_id).first()
    if article is None:
        raise Missing(_("There is no such article."))
    return article
