"""Every wording of a text for one customer, with what the desk knows of them filled in; and whether words that are to
leave are such a wording of a statement that a colleague approved beforehand.
"""

from django.utils import timezone

from desk.actions.replies.canned_values import known
from desk.actions.statements.statement_texts import Cell, state_of
from desk.people.models import User
from desk.replies.models import CannedResponse
from desk.tickets.models import Ticket
from policies.canned_form import Definition, Variant
from policies.canned_text import CannedText, read
from policies.canned_variables import value_faults, written_values
from policies.variation import wordings


class Wordings:
    """Of one text, read once for however many customers."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._read: dict[Variant, list[CannedText]] = {}

    def of(self, ticket: Ticket, writer: User, turn: int = 0) -> list[str]:
        """From that one on, and round again; none where the text asks for something that nobody knows."""
        language, network = ticket.language or ticket.inbox.language, ticket.inbox.network
        variant = self._definition.choose(language, network).variant
        facts = known(ticket, writer, variant.text.names, variant.language)
        variables = self._definition.variables
        if value_faults(variables, variant.text.names, {}, facts):
            return []
        values = written_values(variables, {}, facts, variant.language)
        texts = self._texts(variant)
        place = turn % len(texts)
        return [text.fill(values) for text in (*texts[place:], *texts[:place])]

    def _texts(self, variant: Variant) -> list[CannedText]:
        if variant not in self._read:
            self._read[variant] = [read(one)[0] for one in wordings(variant.source)]
        return self._read[variant]


def approved_beforehand(begun_as: CannedResponse | None, ticket: Ticket, writer: User, text: str) -> bool:
    """Whether this is what an approved holding statement says to this customer, to the letter: it was written for a
    crisis, and so needs nobody's word because there is one.
    """
    if begun_as is None or begun_as.kind != CannedResponse.Kind.HOLDING_STATEMENT:
        return False
    fits = ticket.inbox.network in (begun_as.networks or [ticket.inbox.network])
    if not fits or state_of(begun_as, timezone.localdate()) is not Cell.READY:
        return False
    said = {one.strip() for one in Wordings(begun_as.definition).of(ticket, writer)}
    return text.strip() in said
