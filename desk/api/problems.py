"""Every refusal in one form: `{"detail": sentence, "code": word, "errors": {field: [sentences]}}`."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core import exceptions as django_errors
from django.db import DataError, IntegrityError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from psycopg.errors import UniqueViolation
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.settings import api_settings

from desk.actions.replies.canned_check import CannedBlocked
from desk.actions.replies.reply import Blocked
from desk.actions.replies.stale import StaleReply
from desk.api.forms.tickets import event_form
from desk.common.errors import Conflict, DeskError

SOME_VALUES = _("Some values can't be used: errors says which.")


class ProblemSerializer(serializers.Serializer[Any]):
    """What is true and what to do; `code` is stable, `detail` is in the caller's language."""

    detail = serializers.CharField()
    code = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # a field of this name, as the framework allows
        child=serializers.ListField(child=serializers.CharField())
    )


class CannotBeStored(DeskError):
    """A text that PostgreSQL can't keep (a NUL, half a surrogate pair), or a number past its range."""

    def __init__(self) -> None:
        super().__init__(_("A value here can't be stored. Take out control characters and numbers that are too large."))


def problem_answer(problem: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to a refusal; None for a fault of our own, which nobody should dress up."""
    if isinstance(problem, DataError | UnicodeEncodeError):
        problem = CannotBeStored()
    elif isinstance(problem, IntegrityError) and isinstance(problem.__cause__, UniqueViolation):
        problem = Conflict(_("Somebody wrote the same at this very moment. Look again, then try again."))
    if isinstance(problem, DeskError):
        return Response(_of_desk(problem), status=problem.status)
    match problem:
        case Http404():
            problem = exceptions.NotFound()
        case django_errors.PermissionDenied():
            problem = exceptions.PermissionDenied()
        case django_errors.ValidationError():
            problem = exceptions.ValidationError(serializers.as_serializer_error(problem))
    if isinstance(problem, exceptions.APIException):
        return Response(_of_framework(problem), status=problem.status_code, headers=_headers(problem))
    return None


def _of_desk(problem: DeskError) -> dict[str, Any]:
    errors = {field: [str(sentence) for sentence in sentences] for field, sentences in problem.errors.items()}
    answer: dict[str, Any] = {"detail": str(problem.message), "code": problem.code, "errors": errors}
    match problem:
        case Blocked():
            answer |= problem.checked.as_json()
        case CannedBlocked():
            answer["objections"] = [asdict(one) for one in problem.objections]
        case StaleReply():
            answer["newer"] = [event_form(event) for event in problem.newer]
    return answer


def _of_framework(problem: exceptions.APIException) -> dict[str, Any]:
    if isinstance(problem, exceptions.ValidationError):
        errors: dict[str, list[str]] = {}
        for field, sentence in _sentences(problem.detail):
            errors.setdefault(field, []).append(sentence)
        return {"detail": str(SOME_VALUES), "code": "invalid", "errors": errors}
    return {"detail": str(problem.detail), "code": str(problem.get_codes()), "errors": {}}


def _sentences(detail: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """Nested details as `credentials.page_id`, so that a caller finds the field again."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            whole = name == api_settings.NON_FIELD_ERRORS_KEY
            yield from _sentences(inner, field if whole else f"{field}.{name}" if field else str(name))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _sentences(inner, field)
    else:
        yield field or "body", str(detail)


def _headers(problem: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(problem, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(problem, "wait", None):
        headers["Retry-After"] = str(max(int(wait), 1))
    return headers
