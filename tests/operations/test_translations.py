"""Words in other languages: every one is there, and what is missing or stale is said."""

import gettext
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.core.management import CommandError, call_command
from django.utils import translation
from pytest_django import Settings

from desk.operations import translations
from desk.operations.translations import Files


@pytest.fixture
def small_desk(tmp_path: Path, settings: Settings) -> Path:
    """Two sources with six words, and no translation yet."""
    (tmp_path / "desk" / "locale").mkdir(parents=True)
    (tmp_path / "templates").mkdir()
    (tmp_path / "desk" / "views.py").write_text(
        'a = gettext("Plain")\nb = pgettext("verb", "Open")\n'
        'c = ngettext("%(n)d day", "%(n)d days", 2)\nd = not_a_word("No")\n',
        encoding="utf-8",
    )
    (tmp_path / "templates" / "page.html").write_text(
        "{% load i18n %}\n      <p>\n  {% translate 'Indented “words”' %}\n"
        "<b>{% blocktranslate with name=x %}Hello {{ name }}{% endblocktranslate %}</b>"
        "{# {% translate 'commented out' %} #}",
        encoding="utf-8",
    )
    settings.BASE_DIR, settings.LOCALE_PATHS = tmp_path, [tmp_path / "desk" / "locale"]
    return tmp_path


def _words() -> set[str]:
    own = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in translations.messages()
        if message.id
    }
    return own - set(translations._words_of_networks())


def _translate(words: dict[str, str | tuple[str, ...]]) -> Catalog:
    catalog = Files("nl").updated(translations.messages())
    for message in catalog:
        key = message.id if isinstance(message.id, str) else message.id[0]
        if message.id:
            message.string = words.get(key, "woord" if isinstance(message.id, str) else ("%(n)d dag", "%(n)d dagen"))
    return catalog


def test_words_are_found_in_code_and_templates_with_context_and_plural(small_desk: Path) -> None:
    assert _words() == {"Plain", "Open", "%(n)d day", "Indented “words”", "Hello %(name)s"}
    assert translations.messages().get("Open", context="verb") is not None


def test_what_is_missing_stale_or_fills_in_other_values_is_said(small_desk: Path) -> None:
    assert any("no translation of “Plain”" in problem for problem in translations.check())
    Files("nl").write(_translate({"Hello %(name)s": "Dag %(name)s"}))
    assert translations.check() == []
    Files("nl").write(_translate({"Hello %(name)s": "Dag %(naam)s"}))
    assert any("differ" in problem for problem in translations.check())
    Files("nl").write(_translate({"Hello %(name)s": "Dag %(name)s"}))
    Files("nl").mo.write_bytes(b"stale")
    assert [problem for problem in translations.check() if "django.mo" in problem]
    (small_desk / "desk" / "more.py").write_text('_("New")', encoding="utf-8")
    with pytest.raises(CommandError, match="no translation of “New”"):
        call_command("translations", "--check")


def test_words_that_the_reader_of_sources_would_miss_are_said(small_desk: Path) -> None:
    (small_desk / "desk" / "more.py").write_text("a = f\"{_('hidden')}\"", encoding="utf-8")
    assert [one for one in translations.check() if "desk/more.py:1: words inside of an f-string" in one]


def test_updating_keeps_translations_drops_what_is_gone_and_is_stable(small_desk: Path) -> None:
    Files("nl").write(_translate({"Plain": "Gewoon", "Hello %(name)s": "Dag %(name)s"}))
    before = Files("nl").po.read_bytes()
    call_command("translations", verbosity=0)
    assert Files("nl").po.read_bytes() == before
    (small_desk / "desk" / "views.py").write_text('a = gettext("Plain")\n', encoding="utf-8")
    assert translations.update() == {"nl": []}
    kept = Files("nl").read()
    plain = kept.get("Plain")
    assert plain is not None
    assert plain.string == "Gewoon"
    assert kept.get("%(n)d day") is None


def test_the_same_words_are_the_same_bytes_on_any_day() -> None:
    with Files("nl").mo.open("rb") as file:
        header = gettext.GNUTranslations(file).info()
    assert [value for name, value in header.items() if name.endswith("-date")] == ["1970-01-01 00:00+0000"] * 2


def test_a_clean_clone_speaks_dutch() -> None:
    with translation.override("nl"):
        assert translation.gettext("Nobody waits.") == "Niemand wacht."


def test_a_refusal_is_known_though_another_module_has_a_class_of_its_name(small_desk: Path) -> None:
    (small_desk / "connectors").mkdir()
    for module, base in (("a", "Exception"), ("b", "NetworkError"), ("c", "ValueError")):
        source = f'class Lost({base}):\n    pass\n\n\nraise Lost("Lost in {module}")\n'
        (small_desk / "connectors" / f"{module}.py").write_text(source, encoding="utf-8")
    assert {"Lost in a", "Lost in b", "Lost in c"} <= _words()
