"""Articles: who writes what, versions, and what may not be kept."""

from typing import Any

import pytest

from desk.actions.knowledge import articles
from desk.common.errors import Conflict, Invalid, Missing, NotPermitted
from desk.knowledge.markup import as_html, as_words
from desk.knowledge.models import Article, ArticleText
from desk.people.models import AuditEntry, User
from desk.people.permissions import Role
from tests.articles import an_article, reads


@pytest.fixture
def agent(db: None) -> User:
    return User.objects.create_user("suze", role=Role.AGENT)


@pytest.fixture
def supervisor(db: None) -> User:
    return User.objects.create_user("joris", role=Role.SUPERVISOR)


def test_everybody_writes_for_colleagues_and_only_some_for_customers(agent: User, supervisor: User) -> None:
    expert = User.objects.create_user("ali", role=Role.EXPERT)
    own = articles.create_article(
        expert, texts=reads(nl="Wissels\nBij vorst gaan ze stroef."), topics=[" Storing ", ""]
    )
    assert (own.audience, own.owner, own.topics, own.title) == ("internal", expert, ["storing"], "Wissels")
    for audience in ("replies", "public"):
        with pytest.raises(NotPermitted):
            articles.create_article(agent, texts=reads(nl="a\nb"), audience=audience)
        with pytest.raises(NotPermitted):
            articles.change_article(agent, own.pk, audience=audience)
    articles.change_article(supervisor, own.pk, audience="public")
    with pytest.raises(NotPermitted):
        articles.change_article(expert, own.pk, texts=reads(nl="Wissels\nIets anders."))
    with pytest.raises(NotPermitted):
        articles.delete_article(agent, own.pk)


def test_other_words_are_a_version_and_other_topics_are_not(supervisor: User) -> None:
    article = an_article("Fiets\nMag niet mee in de spits.")
    articles.change_article(supervisor, article.pk, topics=["fiets"])
    articles.change_article(supervisor, article.pk, texts=reads(nl="Fiets\nMag niet mee in de spits."))
    assert Article.objects.get().version == 1
    both = reads(nl="Fiets\nMag mee na negenen.", en="Bicycle\nAfter nine.")
    changed = articles.change_article(supervisor, article.pk, texts=both, based_on=1, summary=" Ook Engels ")
    assert [(one.number, one.summary, one.author) for one in changed.versions.all()] == [
        (2, "Ook Engels", supervisor), (1, "", None),
    ]  # fmt: skip
    assert changed.versions.all()[0].texts == both
    articles.change_article(supervisor, article.pk, texts=both[1:])
    assert list(ArticleText.objects.values_list("language", "title")) == [("en", "Bicycle")]
    assert Article.objects.get().title == "Bicycle"
    again = articles.restore_version(supervisor, article.pk, 1)
    assert (again.version, articles.said(Article.objects.get())) == (4, reads(nl="Fiets\nMag niet mee in de spits."))
    with pytest.raises(Missing):
        articles.restore_version(supervisor, article.pk, 9)


def test_whoever_began_with_older_words_is_told(supervisor: User) -> None:
    article = an_article()
    articles.change_article(supervisor, article.pk, texts=reads(nl="a\nb"), based_on=1)
    with pytest.raises(Conflict):
        articles.change_article(supervisor, article.pk, texts=reads(nl="a\nc"), based_on=1)
    assert articles.said(Article.objects.get()) == reads(nl="a\nb")


def test_what_can_not_be_kept_is_told_by_its_place(supervisor: User) -> None:
    cases: list[tuple[dict[str, Any], set[str]]] = [
        ({"texts": []}, {"texts"}),
        ({"texts": [{"language": "fr", "title": "a", "body": "b"}]}, {"texts.0.language"}),
        ({"texts": [*reads(nl="a\nb"), {"language": "nl", "title": "", "body": "x" * 20_001}]},
         {"texts.1.language", "texts.1.title", "texts.1.body"}),
        ({"texts": reads(nl="a\nb"), "audience": "nobody"}, {"audience"}),
        ({"texts": reads(nl="a\nb"), "owner_id": 0x7FFFFFFF}, {"owner"}),
        ({"texts": reads(nl="a\nb"), "topics": ["t" * 51]}, {"topics"}),
    ]  # fmt: skip
    for values, wrong in cases:
        with pytest.raises(Invalid) as refused:
            articles.create_article(None, **values)
        assert set(refused.value.errors) == wrong
    assert not Article.objects.exists()
    assert not AuditEntry.objects.exists()


def test_markdown_of_an_article_can_do_no_harm() -> None:
    hostile = (
        "# Kop\n<script>alert(1)</script><img src=x onerror=alert(1)>\n\n![spy](https://evil.example/a.png)\n\n"
        "[klik](javascript:alert(1)) [ga](https://vlotlijn.nl 'x\" onclick=\"y')\n\n| a | b |\n|---|---|\n| 1 | ~~2~~ |"
    )
    made = as_html(hostile)
    assert "<h2>Kop</h2>" in made
    assert "<td><s>2</s></td>" in made
    assert not any(bad in made for bad in ("<script", "<img", 'onclick="', 'href="javascript'))
    assert 'rel="noopener noreferrer nofollow">ga</a>' in made


def test_the_words_of_an_article_fit_a_reply() -> None:
    body = "## Kop\nEen **vette** [regeling](https://vlotlijn.nl/geld) & meer.\n\n- een\n- twee\n\nhttps://vlotlijn.nl"
    assert as_words(body) == (
        "Kop\n\nEen vette regeling (https://vlotlijn.nl/geld) & meer.\n\n- een\n- twee\n\nhttps://vlotlijn.nl"
    )
