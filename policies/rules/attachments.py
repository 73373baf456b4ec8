"""What goes along with an answer: whether the network takes it, and what is read by whoever can't see it."""

from collections.abc import Iterator

from policies.facts import Attachment, ReplyFacts
from policies.findings import Fix, FixKind, Severity
from policies.registry import Spot, rule

_MB = 1024 * 1024


@rule("attachments.not_here", Severity.BLOCK, fixed=True)
def nothing_goes_along(facts: ReplyFacts) -> Iterator[Spot]:
    """Some networks take no files, and some messages none."""
    if facts.attachments and (facts.media is None or not facts.media.most):
        yield Spot()


@rule("attachments.too_many", Severity.BLOCK, params=("count", "most"), fixed=True)
def too_many_files(facts: ReplyFacts) -> Iterator[Spot]:
    """A network takes only so many files along with one message."""
    if facts.media is not None and 0 < facts.media.most < len(facts.attachments):
        yield Spot(params={"count": len(facts.attachments), "most": facts.media.most})


@rule("attachments.alone", Severity.BLOCK, params=("number",), fixed=True)
def more_beside_what_goes_alone(facts: ReplyFacts) -> Iterator[Spot]:
    """A film goes alone where the network shows nothing beside one."""
    if facts.media is None or len(facts.attachments) < 2:
        return
    first = next((number for number, one in _numbered(facts) if one.content_type in facts.media.alone), 0)
    if first:
        yield Spot(params={"number": first})


@rule("attachments.captions_too_long", Severity.BLOCK, params=("number", "limit"), fixed=True)
def too_many_captions(facts: ReplyFacts) -> Iterator[Spot]:
    """A network keeps captions up to a size."""
    if facts.media is None or not facts.media.captions:
        return
    for number, one in _numbered(facts):
        if one.caption_bytes > facts.media.captions:
            yield Spot(params={"number": number, "limit": facts.media.captions})


@rule("attachments.no_captions", Severity.WARN, params=("number",))
def film_without_captions(facts: ReplyFacts) -> Iterator[Spot]:
    """Whoever can't hear a film reads its captions, where the network keeps them."""
    if facts.media is None or not facts.media.captions:
        return
    for number, one in _numbered(facts):
        if one.kind == "video" and not one.captions.strip():
            yield Spot(params={"number": number})


@rule("attachments.kind", Severity.BLOCK, params=("number", "kinds"), fixed=True)
def unknown_kind_of_file(facts: ReplyFacts) -> Iterator[Spot]:
    """A network takes only some kinds of files."""
    if facts.media is None or not facts.media.most:
        return
    kinds = ", ".join(sorted(one.partition("/")[2].upper() for one in facts.media.max_bytes))
    for number, one in _numbered(facts):
        if one.content_type and one.content_type not in facts.media.max_bytes:
            yield Spot(params={"number": number, "kinds": kinds})


@rule("attachments.too_large", Severity.BLOCK, params=("number", "limit"), fixed=True)
def too_large_a_file(facts: ReplyFacts) -> Iterator[Spot]:
    """A network takes files up to a size."""
    if facts.media is None:
        return
    for number, one in _numbered(facts):
        limit = facts.media.max_bytes.get(one.content_type)
        if limit is not None and one.size > limit:
            yield Spot(params={"number": number, "limit": f"{limit / _MB:g}"})


@rule("attachments.alt_too_long", Severity.BLOCK, params=("number", "used", "limit"), fixed=True)
def too_long_a_description(facts: ReplyFacts) -> Iterator[Spot]:
    """A network keeps descriptions up to a length."""
    if facts.media is None or not facts.media.longest_alt:
        return
    for number, one in _numbered(facts):
        if len(one.alt_text) > facts.media.longest_alt:
            figures = {"number": number, "used": len(one.alt_text), "limit": facts.media.longest_alt}
            yield Spot(params=figures, fixes=(_describe(number),))


@rule("attachments.no_alt_text", Severity.WARN, params=("number",))
def picture_without_words(facts: ReplyFacts) -> Iterator[Spot]:
    """Whoever can't see a picture reads what is written beside it, where the network keeps that."""
    if facts.media is not None and not facts.media.longest_alt:
        return
    for number, one in _numbered(facts):
        if one.kind == "image" and not one.alt_text.strip():
            yield Spot(params={"number": number}, fixes=(_describe(number),))


def _numbered(facts: ReplyFacts) -> Iterator[tuple[int, Attachment]]:
    return enumerate(facts.attachments, 1)


def _describe(number: int) -> Fix:
    return Fix(FixKind.DESCRIBE, attachment=number)
