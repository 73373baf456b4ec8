"""`manage.py rulebook`: a rulebook that lives in a repository, in YAML or JSON."""

import io
import json
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from desk.people.models import User
from desk.rulebooks.active import in_force
from desk.rulebooks.models import RulebookVersion
from policies.registry import RULES

pytestmark = pytest.mark.django_db
STRICT = "rules:\n  links.shortener:\n    severity: block\n"


@pytest.fixture(autouse=True)
def people() -> None:
    User.objects.create_user("mila", role="supervisor")
    User.objects.create_user("cato", role="comms")
    User.objects.create_user("suze", role="agent")


def run(*arguments: str) -> str:
    printed = io.StringIO()
    call_command("rulebook", *arguments, stdout=printed)
    return printed.getvalue().strip()


def test_what_is_exported_is_imported_again_and_means_the_same(tmp_path: Path) -> None:
    for form in ("yaml", "json"):
        file = tmp_path / f"rulebook.{form}"
        file.write_text(run("export", "--form", form), "utf-8")
        number = int(run("import", str(file), "--author", "mila"))
        assert RulebookVersion.objects.get(number=number).document == in_force().rulebook.document
    exported = yaml.safe_load(run("export"))
    assert json.loads(run("export", "--form", "json")) == exported
    assert list(exported) == ["rules", "signature", "approval", "templates", "examples"], "as the guide describes it"
    assert list(exported["rules"]) == [rule.code for rule in RULES]


def test_a_file_is_handed_in_and_switched_on_by_somebody_else(tmp_path: Path) -> None:
    file = tmp_path / "rulebook.yaml"
    file.write_text(STRICT)
    number = run("import", str(file), "--author", "mila", "--summary", "Strenger")
    with pytest.raises(CommandError, match="colleague"):
        run("activate", number, "--reviewer", "mila")
    with pytest.raises(CommandError, match="role"):
        run("activate", number, "--reviewer", "suze")
    assert run("activate", number, "--reviewer", "cato") == f"Version {number} is active."
    assert in_force().number == int(number)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules: [", "can't be read from line 1, character 9"),
        ("rules: {}\nrules: {}", "names “rules” twice"),
        ("a: &x [1]\nb: *x", "alias"),
        ("!!python/object/apply:os.system ['true']", "can't be read from line 1"),
        ("a: \x00", "a character that can't be read"),
        ("a: 2020-13-45", "means nothing here"),
        ("rules:\n  links.cost:\n    enabled: ja", "rules.links.cost.enabled: "),
        ("- 1", "document: "),
        ("# nothing\n", "It is empty"),
    ],
)
def test_a_file_that_is_no_rulebook_is_refused_with_the_place(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "rulebook.yaml"
    file.write_text(text)
    with pytest.raises(CommandError, match=said):
        run("import", str(file), "--author", "mila")
    assert RulebookVersion.objects.count() == 1


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "rulebook.yaml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(CommandError, match="not in UTF-8"):
        run("import", str(file), "--author", "mila")
    file.write_bytes(b"\xef\xbb\xbf" + STRICT.encode())
    assert run("import", str(file), "--author", "mila") == "2", "some editors begin a file with a mark"


def test_unknown_names_are_told() -> None:
    with pytest.raises(CommandError, match=r"no user “piet”.*cato, mila, suze"):
        run("activate", "1", "--reviewer", "piet")
    with pytest.raises(CommandError, match="no version 9"):
        run("export", "--number", "9")
    with pytest.raises(CommandError, match="can't be read"):
        run("import", "/nonexistent.yaml", "--author", "mila")
