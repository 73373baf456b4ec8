"""What each figure of a report means, for the screen and the API alike."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Definition:
    name: str | Promise
    says: str | Promise


DEFINITIONS = {
    "compliance": Definition(
        _("Compliance"),
        _(
            "Kept promises as a share of all that were kept or broken: met ÷ (met + breached). Whoever waited too long "
            "counts as breached, also where it was then resolved without an answer, merged or deleted. What is not yet "
            "due and what was cancelled in time count as neither; spam counts nowhere."
        ),
    ),
    "median": Definition(
        _("Median"),
        _(
            "Half of what was answered took at most this long (nearest rank). Times are rounded up by at most 1 %. "
            "Bots never count, and neither does who still waits."
        ),
    ),
    "p90": Definition(
        _("p90"),
        _("Nine out of ten answers took at most this long (nearest rank). Times are rounded up by at most 1 %."),
    ),
    "p95": Definition(
        _("p95"),
        _("Nineteen out of twenty answers took at most this long (nearest rank). Times are rounded up by at most 1 %."),
    ),
    "volume": Definition(
        _("Volume"),
        _("Everything that came in during the period and asked for an answer, by the network’s clock; no spam."),
    ),
    "backlog": Definition(
        _("Backlog"),
        _(
            "Tickets that are not resolved at the end of the period, or now: open, waiting or snoozed, whenever they "
            "came in. Spam is none."
        ),
    ),
    "backlog_then": Definition(
        _("Backlog over time"),
        _(
            "Tickets that were not resolved at the end of each hour, day or week, and those of them in which a message "
            "of the customer had no answer yet. Whoever was taken for spam by mistake was waiting all the while. A "
            "ticket counts under who has it now."
        ),
    ),
    "lag": Definition(
        _("How long messages took to reach us"),
        _(
            "From the network’s time of the message that asked until it was here: the delay of the network and of our "
            "connection to it. It is part of every response time, because those start at the network’s time. Rounded "
            "up by at most 1 %."
        ),
    ),
    "moved": Definition(
        _("Moved to private"),
        _(
            "Cases that began in public and went on in private during the period, by whomever: from the first public "
            "message to the first private one, by the network’s clock. Invited: we asked the customer to, with the way "
            "there. Closed in public: of those that moved, where we had a last word in public. A ticket counts under "
            "who has it now; the filter of public and private is not asked."
        ),
    ),
    "unanswered": Definition(
        _("Unanswered"),
        _("Came in during the period and still waits. Never part of a median or percentile, so always shown beside."),
    ),
    "resolved_unanswered": Definition(
        _("Resolved unanswered"),
        _("Came in during the period, and a colleague resolved it without an answer. In no median or percentile."),
    ),
}
