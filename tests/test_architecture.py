"""The layers of the project, as pyproject.toml draws them."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from policies.findings import Severity
from policies.registry import RULES, Registry


def test_imports_follow_the_layers(project: Path) -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_rule_that_is_not_whole_stops_the_desk_before_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_checks() == []
    registry = Registry()
    registry.rule("no_area", Severity.WARN)(lambda _facts: [])
    monkeypatch.setattr(RULES, "_rules", list(registry))
    assert {found.id for found in run_checks()} == {"desk.E001"}
    with pytest.raises(SystemCheckError, match=r"(?s)no_area.*policies/rules/"):
        call_command("check")


def test_the_web_begins_without_what_few_pages_need(project: Path) -> None:
    """Each of these takes 5 to 70 MB, in every process that loads it."""
    heavy = ["fpdf", "fontTools", "openpyxl", "atproto_client", "mastodon", "bs4", "facebook", "tweepy"]
    heavy += ["holidays", "confusable_homoglyphs", "nh3", "markdown_it", "google", "jwt", "imap_tools"]
    heavy += ["mailparser_reply", "numpy"]
    loads = f"import desk.asgi, desk.urls, sys; print(sorted(set({heavy}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", loads], cwd=project, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1:] == ["[]"], done.stdout + done.stderr[-2_000:]


def test_a_sandbox_whose_mailboxes_nobody_reads_has_no_mail_server_in_memory(project: Path) -> None:
    loads = "import connectors.sandbox.app, sys; print([name for name in sys.modules if name.startswith('pymap')])"
    done = subprocess.run([sys.executable, "-c", loads], cwd=project, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1:] == ["[]"], done.stdout + done.stderr[-2_000:]
