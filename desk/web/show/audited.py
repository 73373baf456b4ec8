"""Lines of the audit log as words."""

import json
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.people.models import AuditEntry

SUBJECTS: dict[str, Promise] = {
    "ticket": gettext_lazy("Tickets"),
    "reply": gettext_lazy("Replies"),
    "message": gettext_lazy("Messages"),
    "customer": gettext_lazy("Customers"),
    "inbox": gettext_lazy("Inboxes"),
    "user": gettext_lazy("People"),
    "team": gettext_lazy("Teams"),
    "shift": gettext_lazy("Hours"),
    "absence": gettext_lazy("Absences"),
    "cannedresponse": gettext_lazy("Canned responses"),
    "alertchain": gettext_lazy("Alert chains"),
    "webhook": gettext_lazy("Webhooks"),
    "slapolicy": gettext_lazy("Response times"),
    "businesscalendar": gettext_lazy("Calendars"),
    "wallboard": gettext_lazy("Wallboards"),
    "savedreport": gettext_lazy("Saved reports"),
    "crisis": gettext_lazy("Crises"),
    "rulebookversion": gettext_lazy("Rulebook"),
    "whatif": gettext_lazy("What-ifs"),
}
_ONE: dict[str, Promise] = {
    "ticket": gettext_lazy("ticket"),
    "reply": gettext_lazy("reply"),
    "message": gettext_lazy("message"),
    "customer": gettext_lazy("customer"),
    "inbox": gettext_lazy("inbox"),
    "user": gettext_lazy("person"),
    "team": gettext_lazy("team"),
    "shift": gettext_lazy("hours"),
    "absence": gettext_lazy("absence"),
    "cannedresponse": gettext_lazy("canned response"),
    "alertchain": gettext_lazy("alert chain"),
    "webhook": gettext_lazy("webhook"),
    "slapolicy": gettext_lazy("policy"),
    "businesscalendar": gettext_lazy("calendar"),
    "wallboard": gettext_lazy("wallboard"),
    "savedreport": gettext_lazy("report"),
    "crisis": gettext_lazy("crisis"),
    "rulebookversion": gettext_lazy("rulebook"),
    "whatif": gettext_lazy("what-if"),
}
_DID: dict[str, Promise] = {
    "inbox_created": gettext_lazy("Connected"),
    "inbox_changed": gettext_lazy("Changed the settings"),
    "inbox_reauthorised": gettext_lazy("Authorised again"),
    "inbox_resealed": gettext_lazy("Sealed the credentials with the newest key"),
    "inbox_needs_reauthorisation": gettext_lazy("Was signed out by the network"),
    "inbox_paused": gettext_lazy("Paused"),
    "inbox_resumed": gettext_lazy("Resumed"),
    "inbox_deleted": gettext_lazy("Deleted"),
    "user_created": gettext_lazy("Added"),
    "user_changed": gettext_lazy("Changed"),
    "password_set": gettext_lazy("Set a new password"),
    "second_factor_reset": gettext_lazy("Reset the second factor"),
    "own_password_changed": gettext_lazy("Changed the own password"),
    "second_factor_added": gettext_lazy("Set up a second factor"),
    "second_factor_removed": gettext_lazy("Switched off the second factor"),
    "second_factor_renewed": gettext_lazy("Made new recovery codes"),
    "preferences_changed": gettext_lazy("Changed own preferences"),
    "token_issued": gettext_lazy("Issued an API token"),
    "token_revoked": gettext_lazy("Revoked an API token"),
    "team_created": gettext_lazy("Added"),
    "team_changed": gettext_lazy("Changed"),
    "team_deleted": gettext_lazy("Deleted"),
    "shift_created": gettext_lazy("Added"),
    "shift_changed": gettext_lazy("Changed"),
    "shift_deleted": gettext_lazy("Deleted"),
    "absence_created": gettext_lazy("Added"),
    "absence_changed": gettext_lazy("Changed"),
    "absence_deleted": gettext_lazy("Deleted"),
    "canned_created": gettext_lazy("Wrote"),
    "canned_changed": gettext_lazy("Changed"),
    "canned_deleted": gettext_lazy("Deleted"),
    "sla_policy_created": gettext_lazy("Added"),
    "sla_policy_changed": gettext_lazy("Changed"),
    "sla_policy_deleted": gettext_lazy("Deleted"),
    "sla_policies_reordered": gettext_lazy("Changed the order of the policies"),
    "sla_applied": gettext_lazy("Gave open clocks a new promise"),
    "calendar_created": gettext_lazy("Added"),
    "calendar_changed": gettext_lazy("Changed"),
    "calendar_deleted": gettext_lazy("Deleted"),
    "wallboard_created": gettext_lazy("Added"),
    "wallboard_changed": gettext_lazy("Changed"),
    "wallboard_code_given": gettext_lazy("Gave out a code"),
    "wallboard_paired": gettext_lazy("Paired a screen"),
    "wallboard_revoked": gettext_lazy("Revoked"),
    "report_saved": gettext_lazy("Saved"),
    "saved_report_changed": gettext_lazy("Changed"),
    "saved_report_deleted": gettext_lazy("Deleted"),
    "report_subscribed": gettext_lazy("Asked for it by e-mail"),
    "report_unsubscribed": gettext_lazy("Stopped its mail"),
    "crisis_suspected": gettext_lazy("Suspected a crisis"),
    "crisis_started": gettext_lazy("Started a crisis"),
    "crisis_level": gettext_lazy("Set another level"),
    "crisis_confirmed": gettext_lazy("Confirmed level 3"),
    "crisis_lapsed": gettext_lazy("Level 3 lapsed to level 2, because nobody confirmed it"),
    "crisis_scope": gettext_lazy("Changed the scope"),
    "crisis_owner": gettext_lazy("Changed the owner"),
    "crisis_note": gettext_lazy("Wrote in the log"),
    "crisis_clocks": gettext_lazy("Gave open clocks a new promise"),
    "crisis_stood_down": gettext_lazy("Stood down"),
    "crisis_dismissed": gettext_lazy("Dismissed"),
    "crisis_reviewed": gettext_lazy("Closed the review"),
    "rulebook_drafted": gettext_lazy("Began a draft"),
    "rulebook_changed": gettext_lazy("Changed a draft"),
    "rulebook_handed_in": gettext_lazy("Handed a draft in for review"),
    "rulebook_given_back": gettext_lazy("Gave a draft back"),
    "rulebook_switched_on": gettext_lazy("Switched on"),
    "rulebook_rolled_back": gettext_lazy("Went back to an earlier version"),
    "rulebook_discarded": gettext_lazy("Discarded"),
    "what_if_asked": gettext_lazy("Asked what a version would have said"),
    "what_if_cancelled": gettext_lazy("Cancelled"),
    "claimed": gettext_lazy("Took"),
    "assigned": gettext_lazy("Gave to somebody"),
    "transition": gettext_lazy("Changed the state"),
    "snoozed": gettext_lazy("Snoozed"),
    "priority": gettext_lazy("Changed the priority"),
    "tagged": gettext_lazy("Changed the tags"),
    "merged": gettext_lazy("Merged"),
    "merged_into": gettext_lazy("Merged into another"),
    "split": gettext_lazy("Split"),
    "customer_tier": gettext_lazy("Changed the tier"),
    "note": gettext_lazy("Wrote a note"),
    "reply_submitted": gettext_lazy("Wrote a reply"),
    "reply_cancelled": gettext_lazy("Took a reply back"),
    "reply_released": gettext_lazy("Released a held reply"),
    "reply_sent_again": gettext_lazy("Sent a reply again"),
    "reply_looked_up": gettext_lazy("Had a reply looked for on the network"),
    "reply_confirmed": gettext_lazy("Confirmed that a reply arrived"),
    "alert_acknowledged": gettext_lazy("Acknowledged an alert"),
    "alert_chain_created": gettext_lazy("Added"),
    "alert_chain_changed": gettext_lazy("Changed"),
    "alert_chain_deleted": gettext_lazy("Took out of use"),
    "webhook_created": gettext_lazy("Added"),
    "webhook_deleted": gettext_lazy("Took out of use"),
    "message_like": gettext_lazy("Liked"),
    "message_unlike": gettext_lazy("Took the like back"),
    "message_hide": gettext_lazy("Hid"),
    "message_unhide": gettext_lazy("Showed again"),
    "deleted_shown": gettext_lazy("Looked at what was deleted"),
    "deleted_file_shown": gettext_lazy("Looked at a file that was deleted"),
    "message_delete": gettext_lazy("Deleted on the network"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, ready to be read."""

    entry: AuditEntry
    did: str
    what: str
    detail: str


def line(entry: AuditEntry) -> Line:
    """A verb without words of its own shows its name."""
    did = _DID.get(entry.verb)
    one = _ONE.get(entry.subject)
    return Line(
        entry,
        str(did) if did else entry.verb.replace("_", " "),
        _("%(kind)s %(number)s") % {"kind": one or entry.subject, "number": entry.subject_id},
        json.dumps(entry.detail, ensure_ascii=False) if entry.detail else "",
    )
