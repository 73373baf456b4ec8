"""The voice of the customer of a department, and getting it by e-mail."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from desk.actions.causes import digest_mails, digests
from desk.api.forms.improvements import DigestSerializer, DigestSubscriptionSerializer, digest_form
from desk.api.operation import operation
from desk.api.views import Resource
from desk.people.models import User


class Digest(Resource):
    @operation("departments_digest_read", "Read the digest of a department", gives=DigestSerializer)
    def get(self, request: Request, department_id: int) -> dict[str, Any]:
        """Of the last seven whole days; what customers said is masked for whoever reads it."""
        return digest_form(digests.read(self.person, department_id))


class DigestOnPaper(Resource):
    """`on_paper` comes from whoever wires addresses, as with the report of a crisis."""

    on_paper: Callable[[int, User], HttpResponse] | None = None

    @operation("departments_digest_pdf_read", "Read the digest of a department as PDF", file="application/pdf")
    def get(self, request: Request, department_id: int) -> HttpResponse:
        """In the caller's language."""
        if self.on_paper is None:
            raise TypeError("nobody draws paper")
        return self.on_paper(department_id, self.person)


class DigestSubscription(Resource):
    """Whether the caller gets it by e-mail."""

    @operation(
        "departments_digest_subscribe", "Get the digest of a department by e-mail", gives=DigestSubscriptionSerializer
    )
    def put(self, request: Request, department_id: int) -> Any:
        """On Mondays at eight, in the caller's language."""
        return DigestSubscriptionSerializer(digest_mails.subscribe(self.person, department_id)).data

    @operation("departments_digest_unsubscribe", "No longer get a digest by e-mail", status=204)
    def delete(self, request: Request, department_id: int) -> None:
        digest_mails.unsubscribe(self.person, department_id)
