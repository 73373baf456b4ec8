"""Files that the templates of a rulebook bring along: taken as if somebody attached them, written so that others can.

Small ones stand in the document; larger ones are known there by the digest of a file that goes along with a canned
response here already. Those of customers' answers can't be named: nobody gets at a file by knowing its digest.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from desk.actions.replies.reply_files import described, every_rule, taken
from desk.common.errors import Invalid
from desk.common.files import named
from desk.common.media import Clean
from desk.people.models import User, audit
from desk.replies import files
from desk.replies.models import CannedResponse, ReplyAttachment
from policies.facts import Attachment as Enclosed
from policies.template_files import LARGEST, TemplateFile, in_base64

MOST_WRITTEN = 500_000  # characters of base64 in one document, of the million that it takes


@dataclass(frozen=True, slots=True)
class Ready:
    """A file of a template as it would be kept, from its own bytes or as a copy of one that is kept here."""

    name: str
    digest: str
    enclosed: Enclosed  # what the rules may know of it
    source: Clean | ReplyAttachment


class KeptHere:
    """Those that may be named by their digest; read once for however many templates."""

    def __init__(self, wanted: Iterable[TemplateFile]) -> None:
        digests = {one.sha256 for one in wanted if not one.content}
        rows = ReplyAttachment.objects.filter(digest__in=digests, canned_response__isnull=False) if digests else ()
        self._rows = {row.digest: row for row in rows if row.file.name and row.file.storage.exists(row.file.name)}

    def ready(self, one: TemplateFile) -> Ready:
        """Raises Invalid with the part of it that is wrong."""
        row = self._rows.get(one.sha256)
        if one.content:
            clean = _taken(one)
            _refuse_another_kind(one, clean.content_type)
            about = Enclosed(clean.kind, described(one.alt_text), clean.content_type, len(clean.content))
            digest = hashlib.sha256(clean.content).hexdigest()
            return Ready(named(one.name, clean.suffix), digest, about, clean)
        if row is None:
            raise _refusal(
                "sha256",
                _(
                    "No file of this digest goes along with a canned response here. Attach it to one first, or write "
                    "its content in base64, up to %(count)d kB."
                )
                % {"count": LARGEST // 1024},
            )
        _refuse_another_kind(one, row.content_type)
        about = Enclosed(row.kind, described(one.alt_text), row.content_type, row.size)
        return Ready(named(one.name, ""), row.digest, about, row)

    def problems(self, wanted: Sequence[TemplateFile]) -> Iterator[tuple[str, str]]:
        """What keeps these from being taken, each with its path below the template."""
        for place, one in enumerate(wanted):
            try:
                self.ready(one)
            except Invalid as refused:
                for name, said in refused.errors.items():
                    yield f"files[{place}].{name}", " ".join(str(words) for words in said)


def go_along_already(canned: CannedResponse, wanted: Sequence[Ready]) -> bool:
    """Whether exactly these do, in this order."""
    there = [(row.digest, row.name, row.alt_text) for row in canned.attachments.all()]
    return there == [(one.digest, one.name, one.enclosed.alt_text) for one in wanted]


def put_in_place(
    by: User, canned: CannedResponse, wanted: Sequence[Ready], made: list[ReplyAttachment], now: datetime
) -> None:
    """These and no others go along from now on; what is kept is put into `made`. Whoever calls checks the rules."""
    before = list(canned.attachments.values_list("pk", flat=True))
    for one in wanted:
        clean = files.clean_of(one.source) if isinstance(one.source, ReplyAttachment) else one.source
        made.append(files.keep(canned, clean, one.name, one.enclosed.alt_text, by, now))
    files.remove(ReplyAttachment.objects.filter(pk__in=before))
    audit(by, "canned_changed", canned, name=canned.name, attached=[one.name for one in wanted])


class Writing:
    """The files of canned responses for a document: in it while they are small and there is room, else by digest."""

    def __init__(self) -> None:
        self._room = MOST_WRITTEN

    def written(self, rows: Iterable[ReplyAttachment]) -> tuple[TemplateFile, ...]:
        return tuple(
            TemplateFile(row.name, row.digest, row.alt_text, row.content_type, self._content(row)) for row in rows
        )

    def _content(self, row: ReplyAttachment) -> str:
        if row.size > LARGEST or row.size * 4 // 3 + 4 > self._room:
            return ""
        try:
            content = in_base64(files.content_of(row))
        except FileNotFoundError:
            return ""
        self._room -= len(content)
        return content


def _taken(one: TemplateFile) -> Clean:
    try:
        return taken(one.data, every_rule())
    except Invalid as refused:
        raise _refusal("content", str(refused.message)) from None


def _refuse_another_kind(one: TemplateFile, found: str) -> None:
    if one.content_type and one.content_type != found:
        raise _refusal(
            "content_type", _("By its bytes this file is %(found)s. Write that, or leave it out.") % {"found": found}
        )


def _refusal(name: str, words: str) -> Invalid:
    return Invalid(words, errors={name: [words]})
