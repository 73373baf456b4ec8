"""Files that a form brings, and files of colleagues on their way to a browser."""

from collections.abc import Sequence

from django.core.exceptions import RequestDataTooBig
from django.http import FileResponse, HttpRequest

from desk.common.files import LARGEST, LARGEST_REQUEST, MOST, Handed, KeptFile, refusal, too_large
from desk.common.ranges import served

_DAY = 86_400


def handed(request: HttpRequest, name: str = "files") -> Sequence[Handed]:
    """What was handed in with a form, at most one more than is taken. Raises Invalid where it is far too much.

    To be asked before anything else of the form is read: what is too large is not read at all.
    """
    said = request.META.get("CONTENT_LENGTH") or "0"
    if not said.isdigit() or int(said) > LARGEST_REQUEST:
        raise refusal(too_large())
    try:
        given = request.FILES.getlist(name)
    except RequestDataTooBig:
        raise refusal(too_large()) from None
    return [Handed(one.name or "", one.read(LARGEST + 1)) for one in given[: MOST + 1] if one.size]


def delivered(request: HttpRequest, row: KeptFile) -> FileResponse:
    """Pictures and films are shown; what else there is can only be saved. The caller has asked who may see it."""
    answer = served(
        request,
        row.file,
        tag=f"{row._meta.label_lower}-{row.pk}",
        content_type=row.content_type,
        filename=row.name,
        shown=row.shown,
    )
    answer["Cache-Control"] = f"private, max-age={_DAY}"
    return answer
