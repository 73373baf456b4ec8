"""Why a post is not (certainly) out, in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from desk.inboxes.words import told
from desk.statements.models import Post
from policies.reply_states import State

STATES: dict[str, "str | Promise"] = {
    State.HELD: _("Held"),
    State.QUEUED: _("Waits to leave"),
    State.SENDING: _("On its way"),
    State.SENT: _("Out"),
    State.FAILED: _("Not out"),
    State.UNKNOWN: _("Not certain"),
    State.CANCELLED: _("Dropped"),
}
_WHY: dict[str, "str | Promise"] = {
    "needs_approval": _("A colleague has to agree with these words first."),
    "auth_expired": _("The account is signed out. Authorise it again, then send the post again."),
    "paused": _("The inbox is paused. Let it run, then send the post again."),
    "blocked_by_policy": _("The rules changed or the text breaks one. Drop it and publish other words."),
    "crisis_block": _("A crisis stops everything here. Send it again when that is over."),
    "not_allowed": _("The desk can't post there."),
    "transient": _("The network could not be reached."),
    "resting": _("The network does not answer. One message at a time tries it; this one goes when it answers."),
    "kept_back": _("The network lets us send no more for a moment. It is tried again by itself."),
    "rate_limited": _("The network lets us send no more for a moment. It is tried again by itself."),
}
_UNKNOWN = _("The network did not answer, so it may be out or not. Look there, then say whether it is.")


def why(post: Post) -> "str | Promise":
    """For one that is not out; "" where there is nothing to say. A network's own sentence goes first."""
    if post.state == State.UNKNOWN:
        return _UNKNOWN
    if post.state in (State.SENT, State.CANCELLED, State.SENDING):
        return post.reason
    return _WHY.get(post.problem_code) or told(post.problem)
