"""A what-if on the screen: its figures under both versions, by rule, team and agent, and its texts with their marks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from desk.people.models import User
from desk.rulebooks import what_if_results as results
from desk.rulebooks.models import WhatIf, WhatIfCount, WhatIfText
from desk.web.show import text
from desk.web.show.canned import network_name
from desk.web.show.composer import KINDS
from policies.findings import Severity
from policies.plain_language import title_of
from policies.rulebook import Rulebook

GONE = "gone"  # the mark of what only the active version finds
OUTCOMES: Mapping[str, Promise] = {
    Severity.BLOCK: gettext_lazy("Blocked"),
    Severity.APPROVE: gettext_lazy("Sent for approval"),
    Severity.WARN: gettext_lazy("Warned"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many texts would have ended so: under the version that is asked about, and under the active one."""

    severity: str
    label: str
    now: int
    before: int

    @property
    def difference(self) -> str:
        """“+12”, “−3”; a dash where there is none."""
        change = self.now - self.before
        return f"{'+' if change > 0 else '−'}{abs(change)}" if change else "–"


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one rule, team or agent; `query` asks for its texts."""

    label: str
    code: str
    count: WhatIfCount
    before: int
    query: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence. `kind` says what the rule does; `change` that it is new or gone, where it is."""

    severity: str
    kind: str
    message: str
    code: str
    change: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text in which something is found, ready to be read."""

    row: WhatIfText
    said: SafeString
    severity: str
    now: str
    before: str
    places: str
    findings: Sequence[Finding]
    team: str
    agent: str


def outcomes(count: WhatIfCount) -> list[Outcome]:
    return [
        Outcome(severity, str(label), getattr(count, severity), getattr(count, f"{severity}_before"))
        for severity, label in OUTCOMES.items()
    ]


def rows(counts: Iterable[WhatIfCount], rulebook: Rulebook | None = None) -> list[Row]:
    """`rulebook` gives rules their words."""
    found = list(counts)
    names = agents(count.name for count in found if count.kind == WhatIfCount.Kind.AGENT)
    return [_row(count, names, rulebook) for count in found]


def agents(usernames: Iterable[str]) -> dict[str, str]:
    """The names of those who work here, in one query."""
    known = User.objects.in_bulk({name for name in usernames if name}, field_name="username")
    return {username: user.name for username, user in known.items()}


def texts(found: Sequence[WhatIfText]) -> list[Text]:
    names = agents(one.agent for one in found)
    return [_text(one, names) for one in found]


def title(run: WhatIf) -> str:
    return _("What if version %(number)d had been active?") % {"number": run.version.number}


def about(run: WhatIf) -> str:
    """What it runs over."""
    if run.days is None:
        return _("the file “%(name)s”") % {"name": run.file_name} if run.file_name else _("a file")
    return _("the replies of the last %(days)d days") % {"days": run.days}


def share(run: WhatIf) -> int:
    """How much is done, in percent."""
    return min(run.checked * 100 // run.total, 100) if run.total else 0


def _row(count: WhatIfCount, names: Mapping[str, str], rulebook: Rulebook | None) -> Row:
    before = count.block_before + count.approve_before + count.warn_before
    query = urlencode({count.kind: count.name})
    if count.kind == WhatIfCount.Kind.RULE:
        known = rulebook.rules.get(count.name) if rulebook else None
        words = title_of(known.rule, get_language() or "en") if known else count.name
        return Row(words, count.name, count, before, query)
    if count.kind == WhatIfCount.Kind.TEAM:
        return Row(count.name or _("No team"), "", count, before, query)
    return Row(names.get(count.name, count.name) or _("Nobody is named"), "", count, before, query)


def _text(row: WhatIfText, names: Mapping[str, str]) -> Text:
    words = results.words(row)
    found = results.said(row, get_language() or "en")
    marks = [(one.start, one.end, one.severity or GONE) for one in found]
    return Text(
        row,
        text.marked(words, marks),
        row.severity or GONE,
        str(OUTCOMES[Severity(row.severity)]) if row.severity else _("Nothing found"),
        str(OUTCOMES[Severity(row.before)]) if row.before else _("nothing found"),
        "; ".join(_place(slug, visibility) for slug, visibility in results.places(row)),
        [_finding(one) for one in found],
        row.team,
        names.get(row.agent, row.agent),
    )


def _finding(one: results.Said) -> Finding:
    change = _("new") if one.added and not one.gone else _("gone") if one.gone and not one.added else ""
    severity = one.severity or one.before
    return Finding(one.severity or GONE, str(KINDS[Severity(severity)]), one.message, one.code, change)


def _place(slug: str, visibility: str) -> str:
    words = {"public": _("in public"), "private": _("in private")}
    return f"{network_name(slug)}, {words.get(visibility, visibility)}"
