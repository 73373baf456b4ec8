"""Why a reply did not (certainly) arrive, and what to do now, in the reader's language."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from desk.inboxes.words import told
from desk.replies.models import Reply
from policies.reply_states import State


class Words(NamedTuple):
    """What is true, then what to do."""

    what: "str | Promise"
    next: "str | Promise"


_AGAIN = _("Send it again, or drop it.")
_WORDS: dict[str, Words] = {
    "auth_expired": Words(
        _("The account is signed out, so this reply waits. Nothing is lost."),
        _("It leaves by itself once an administrator has authorised the account again."),
    ),
    "paused": Words(
        _("The inbox is paused, so this reply waits."), _("It leaves by itself once the inbox runs again.")
    ),
    "needs_approval": Words(
        _("A colleague has to agree with these words first."), _("It leaves by itself once somebody has approved it.")
    ),
    "newer_message": Words(
        _("The customer wrote something newer, so this reply waits."),
        _("Look again: let it go if it still fits, or take the text back."),
    ),
    "desk_closed": Words(
        _("Its time came while the desk was closed, so this reply waits."),
        _("It leaves by itself when the desk opens."),
    ),
    "blocked_by_policy": Words(
        _("The rules changed or the text breaks one, so this reply was stopped."), _("Drop it and write it anew.")
    ),
    "permission_missing": Words(
        _("The account may not do this on the network."), _("Ask an administrator to authorise the account again.")
    ),
    "still_working": Words(_("The network is still working on the film."), _("It is tried again by itself.")),
    "rate_limited": Words(_("The network lets us send no more for a moment."), _("It is tried again by itself.")),
    "kept_back": Words(
        _("The network's limit is used up, so this reply waits."), _("It leaves by itself when the limit starts anew.")
    ),
    "resting": Words(
        _("The network does not answer, so replies are tried one at a time."), _("It is tried again by itself.")
    ),
    "quota_exhausted": Words(
        _("The paid quota of this account is used up, so this reply waits."), _("Ask an administrator to raise it.")
    ),
    "window_closed": Words(
        _("The network's reply window has closed."), _("Answer in public, or wait until the customer writes again.")
    ),
    "recipient_unavailable": Words(
        _("The customer can't be reached: gone, or not taking our messages."), _("Answer in public instead.")
    ),
    "not_allowed": Words(
        _("The network allows a reply only to people who mentioned us."), _("Drop it, or answer in private.")
    ),
    "not_found": Words(_("What this answers is not there any more."), _("Drop it, or answer in private.")),
    "invalid_content": Words(_("The network refused the text."), _("Drop it, change it and send it anew.")),
    "duplicate": Words(
        _("The network refused it, because the very same text was posted just before."),
        _("Drop it, or change the text."),
    ),
    "transient": Words(_("The network could not be reached."), _AGAIN),
    "outcome_unknown": Words(
        _("The network did not answer, so this reply may be out or not. It is never sent twice by itself."),
        _("Look on the network. Then say whether it is there."),
    ),
}
_HELD_BY_CRISIS: dict[str, str | Promise] = {
    "crisis_hold": _("Whoever leads the crisis lets it go or drops it. It never leaves by itself."),
    "crisis_scheduled": _("It was put off, and that is paused now. Let it go or drop it: it never leaves by itself."),
    "crisis_block": _("Nothing leaves while that lasts. Afterwards let it go or drop it: it never leaves by itself."),
}
_OTHERWISE = Words(_("The network refused this reply."), _AGAIN)


def explain(reply: Reply) -> Words:
    """For a held, failed or unknown reply. Each network forbids other things, so there its own sentence says what."""
    code = "outcome_unknown" if reply.state == State.UNKNOWN else reply.problem_code
    if code in _HELD_BY_CRISIS and reply.held_by is not None:
        return Words(_("Held by the crisis “%(name)s”.") % {"name": reply.held_by.name}, _HELD_BY_CRISIS[code])
    words = _WORDS.get(code, _OTHERWISE)
    forbidden = told({**reply.problem, "detail": ""}) if code == "not_allowed" else ""
    return Words(forbidden, words.next) if forbidden else words
