"""What scripts say: the same sentences as the templates, in the reader's language, with names in braces to fill in."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """By the name under which `static/desk/words.js` asks for them."""
    return {
        "due": _("due in {time}"),
        "late": _("{time} late"),
        "seconds": _("{seconds} s"),
        "minutes": _("{minutes} min"),
        "hours": _("{hours} h {minutes}"),
        "days": _("{days} d {hours} h"),
        "arrived": _("1 new message, show it"),
        "arrivedMany": _("{count} new messages, show them"),
        "otherOrder": _("The order has changed, sort again"),
        "typing": _("{name} is typing"),
        "here": _("{name} is here"),
        "isPicked": _("picked"),
        "maybeNew": _("There may be new messages, show them"),
        "viewing": _("{name} is viewing this ticket"),
        "viewingMany": _("{names} are viewing this ticket"),
        "typingHere": _("{name} is writing an answer"),
        "and": _("{some} and {last}"),
        "leaves": _("Reply to {name} leaves in {time}"),
        "leavesIn": _("leaves in {time}"),
        "dueSoon": _("Due in 5 minutes: {name}"),
        "nowLate": _("Late: {name}"),
        "picked": _("{count} picked"),
        "pickedOne": _("1 picked"),
        "solve": _("Solve 1 finding to send"),
        "solveMany": _("Solve {count} findings to send"),
        "found": _("1 finding."),
        "foundMany": _("{count} findings."),
        "foundNothing": _("No findings any more."),
        "attaching": _("Attaching: {name}"),
        "attached": _("Attached: {name}"),
        "takenOff": _("Taken off: {name}"),
        "nothingAlong": _("Nothing can go along here."),
        "notAttached": _("It could not be attached."),
        "tooLarge": _("This file is too large. Make it smaller."),
        "pictureOf": _("Picture {number} of {count}"),
        "enlarged": _("{percent} %"),
        "saved": _("Draft saved"),
        "notSaved": _("Draft not saved; we keep trying"),
        "notSent": _("Not sent: there is news"),
    }
