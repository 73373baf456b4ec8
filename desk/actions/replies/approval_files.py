"""What goes along with a reply, as whoever approves it wants it to leave: described otherwise, or taken off."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from desk.actions.replies.reply_files import described
from desk.common.errors import Conflict
from desk.replies import files
from desk.replies.models import Reply, ReplyAttachment


@dataclass(frozen=True, slots=True)
class EditedFiles:
    """`kept` have the descriptions that they shall have; nothing is written down yet."""

    kept: tuple[ReplyAttachment, ...]
    described: tuple[ReplyAttachment, ...]  # those of them that are described otherwise
    taken_off: tuple[int, ...]

    @property
    def edited(self) -> bool:
        return bool(self.described or self.taken_off)

    def write_down(self) -> None:
        """In the transaction of the decision. What is taken off is deleted."""
        ReplyAttachment.objects.bulk_update(self.described, ["alt_text"])
        files.remove(ReplyAttachment.objects.filter(pk__in=self.taken_off))


def files_of(reply: Reply, descriptions: Mapping[int, str], take_off: Collection[int]) -> EditedFiles:
    """Raises Invalid for a description that no network keeps, Conflict where a file is not with this reply."""
    rows = {row.pk: row for row in reply.attachments.all()}
    if not rows.keys() >= {*descriptions, *take_off}:
        raise Conflict(_("Its attachments changed since this was asked. Look at it again."), code="look_again")
    others = []
    for number, words in descriptions.items():
        row, alt_text = rows[number], described(words)
        if alt_text != row.alt_text and number not in take_off:
            row.alt_text = alt_text
            others.append(row)
    kept = tuple(row for row in rows.values() if row.pk not in take_off)
    return EditedFiles(kept, tuple(others), tuple(number for number in rows if number in take_off))
