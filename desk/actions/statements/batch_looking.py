"""What one ticket of a batch would get, and what would become of that: asked of the same rules, gates and channels as
any reply, for the preview and once more at its turn.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from desk.actions.crises.crisis_gate import Gates
from desk.actions.inboxes.channels import channel, facts_of
from desk.actions.replies.approval_requests import reasons
from desk.actions.replies.offers import one_that_fits
from desk.actions.replies.wordings import Wordings, approved_beforehand
from desk.common.errors import Missing
from desk.people.models import User
from desk.replies.models import AnswerBatch, AnswerLine
from desk.rulebooks.active import InForce
from desk.tickets.models import Ticket
from policies.check import check_reply
from policies.crisis_plan import Closed, Gate
from policies.facts import ReplyFacts
from policies.near_duplicates import Digest
from policies.variation import first_fresh

REPEATED = "text.repeated"  # the rule that wordings respect, however grave the rulebook takes it
USED_UP = "used_up"  # every wording has been said too often
CHANNEL_CLOSED = "channel_closed"
CRISIS_BLOCK = "crisis_block"
BLOCKED = "blocked_by_policy"
NOT_OFFERED = "not_offered"  # its canned response is not for this customer
ASKS = "asks"  # its text wants a value that nobody knows


@dataclass(frozen=True, slots=True)
class Look:
    """`code` says why there is no answer; otherwise `expects` says what becomes of the text."""

    text: str = ""
    findings: list[dict[str, Any]] = field(default_factory=list)
    expects: str = ""
    code: str = ""


class Looker:
    """For the tickets of one batch, as things stand at one moment."""

    def __init__(self, batch: AnswerBatch, under: InForce, now: datetime) -> None:
        self._batch, self._under, self._now = batch, under, now
        self._wordings = Wordings(batch.definition)

    def look(self, ticket: Ticket, say_in: str, *, said: Sequence[Digest] = (), turn: int = 0, first: str = "") -> Look:
        """`said`: what the batch gives others before this one; `turn`: where in the wordings to begin; `first`: what
        it gets if that is still fresh.
        """
        author, visibility = self._batch.author, self._batch.visibility
        chosen = channel(ticket, visibility, self._now)
        if chosen is None or not chosen.allowed:
            return Look(code=CHANNEL_CLOSED)
        if self._batch.canned_response_id is not None and not self._offered(ticket):
            return Look(code=NOT_OFFERED)
        closed = Gates(ticket, self._now).closed(visibility)
        if closed is not None and closed.gate is Gate.BLOCK:
            return Look(code=CRISIS_BLOCK)
        candidates = self._candidates(ticket, turn, first)
        if not candidates:
            return Look(code=ASKS)
        facts = facts_of(ticket, author, candidates[0], chosen, self._now, say_in, self._under)
        facts = replace(facts, recent=(*facts.recent, *said))
        place = self._fresh(candidates, facts)
        if place is None:
            return Look(code=USED_UP)
        checked = check_reply(replace(facts, text=candidates[place]), self._under.rulebook)
        findings = checked.findings_as_json()
        if checked.blocked:
            return Look(candidates[place], findings, code=BLOCKED)
        prepared = approved_beforehand(self._batch.canned_response, ticket, author, candidates[place])
        return Look(candidates[place], findings, _expects(author, findings, closed, prepared=prepared))

    def _offered(self, ticket: Ticket) -> bool:
        """Whether its canned response may go to this customer."""
        try:
            one_that_fits(self._batch.author, ticket, self._batch.canned_response_id or 0, self._batch.visibility)
        except Missing:
            return False
        return True

    def _candidates(self, ticket: Ticket, turn: int, first: str) -> list[str]:
        """Its wordings for this customer; none where a value is missing."""
        filled = self._wordings.of(ticket, self._batch.author, turn)
        return [first, *filled] if first and filled else filled

    def _fresh(self, candidates: Sequence[str], facts: ReplyFacts) -> int | None:
        """The first wording against which the rule on repeated texts has nothing; the very first where it is off."""
        rules = self._under.rulebook.in_force(facts.scope)
        settings = next((one for one in rules if one.rule.code == REPEATED), None)
        if settings is None:
            return 0
        least, times = settings.options["similar_percent"] / 100, settings.options["times"]
        return first_fresh(candidates, facts.recent, least, times)


def _expects(author: User, findings: list[dict[str, Any]], closed: Closed | None, *, prepared: bool) -> str:
    if closed is not None and closed.gate is Gate.HOLD:
        return AnswerLine.Expects.HOLD
    if reasons(author, findings, asked=False, closed=closed, prepared=prepared):
        return AnswerLine.Expects.APPROVAL
    return AnswerLine.Expects.LEAVES
