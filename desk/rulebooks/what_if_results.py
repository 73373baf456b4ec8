"""Reading what a what-if found: the texts that are asked for, and the sentences of their findings."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from desk.rulebooks.models import WhatIf, WhatIfCount, WhatIfFinding, WhatIfText
from policies.messages import MESSAGES, names_in, say
from policies.what_if import gravity

CHANGES = ("added", "gone")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which texts of a run: of all that is None or empty nothing is asked. `severity` is under the version asked about.

    `templates`: the canned responses instead of the replies.
    """

    rule: str = ""
    team: str | None = None
    agent: str | None = None
    severity: str = ""
    change: str = ""  # added or gone
    templates: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """One place in a text, or all of it where both ends are 0, and what a rule says there."""

    code: str
    severity: str  # "" where the version that is asked about finds nothing
    before: str  # "" where the active version found nothing
    added: bool
    gone: bool
    message: str
    start: int
    end: int


def runs() -> "QuerySet[WhatIf]":
    """Runs as a list shows them, without the document that each keeps."""
    return whole_runs().defer("document", "version__document", "compared__document")


def whole_runs() -> "QuerySet[WhatIf]":
    """With both versions and who asked at hand."""
    related = WhatIf.objects.select_related("version", "compared", "asked_by")
    return related.defer("version__document", "compared__document")


def texts(run: WhatIf, wanted: Wanted) -> "QuerySet[WhatIfText]":
    """With their findings and where they came from, in two queries a page."""
    is_template = Q(kind=WhatIfText.Kind.TEMPLATE)
    rows = WhatIfText.objects.filter(is_template if wanted.templates else ~is_template, run=run)
    if wanted.rule:
        rows = rows.filter(findings__run=run, findings__code=wanted.rule)
    if wanted.team is not None:
        rows = rows.filter(team=wanted.team)
    if wanted.agent is not None:
        rows = rows.filter(agent=wanted.agent)
    if wanted.severity:
        rows = rows.filter(severity=wanted.severity)
    if wanted.change:
        rows = rows.filter(**{wanted.change: True})
    return rows.select_related("line", "reply__ticket__inbox").prefetch_related("findings")


def counts(run: WhatIf, kind: str) -> "QuerySet[WhatIfCount]":
    return WhatIfCount.objects.filter(run=run, kind=kind)


def words(text: WhatIfText) -> str:
    """The text itself; empty where its reply is no more."""
    if text.line is not None:
        return text.line.text
    if text.reply is not None:
        return text.reply.text
    return text.text


def places(text: WhatIfText) -> list[tuple[str, str]]:
    """Where it went or would go: network and visibility."""
    if text.line is not None:
        return [(text.line.network, text.line.visibility)]
    if text.reply is not None:
        return [(text.reply.ticket.inbox.network, text.reply.visibility)]
    return [(network, visibility) for network, visibility in text.places]


def said(text: WhatIfText, language: str) -> list[Said]:
    """Every finding, gravest first, then as the text runs."""
    found = [one for finding in text.findings.all() for one in _said(finding, language)]
    return sorted(found, key=lambda one: (gravity(one.severity or None), gravity(one.before or None), one.start))


def _said(finding: WhatIfFinding, language: str) -> Iterator[Said]:
    for start, end, params in finding.spots or finding.spots_before or ():
        message = _message(finding.code, language, params)
        yield Said(finding.code, finding.severity, finding.before, finding.added, finding.gone, message, start, end)


def _message(code: str, language: str, params: dict[str, object]) -> str:
    """The sentence of a rule; of one that an upgrade took away or changed, its code."""
    known = MESSAGES.get(code)
    if known is None or any(names_in(one) - set(params) for one in known.values()):
        return code
    return say(code, language, **params)
