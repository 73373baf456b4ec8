"""Webhooks at which other systems tell of a crisis: made, given another secret, revoked."""

from typing import Any

from rest_framework.request import Request

from desk.actions.crises import crisis_hooks as verbs
from desk.api.forms.crisis_hooks import (
    CrisisHookSerializer,
    NewCrisisHookSerializer,
    RotateCrisisHookSerializer,
    WriteCrisisHookSerializer,
    hook_form,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.views import Resource
from desk.common.paging import slice_after
from desk.crises.models import CrisisHook
from desk.people.permissions import Permission


class CrisisHooks(Resource):
    reads = Permission.MANAGE_CRISES

    @operation(
        "crisis_webhooks_list", "List the crisis webhooks", asks=PageQuery, gives=CrisisHookSerializer, paged=True
    )
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """By name; without their secrets."""
        rows = CrisisHook.objects.filter(revoked_at=None).select_related("owner")
        return Page(slice_after(rows, ("name", "id"), query["cursor"], query["page_size"]), each(hook_form))

    @operation(
        "crisis_webhooks_create", "Add a crisis webhook",
        takes=WriteCrisisHookSerializer, gives=NewCrisisHookSerializer, status=201,
    )  # fmt: skip
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """Another system then POSTs one JSON object to `address`: `id` (its own name for what happened, at most 200
        characters) and `reason`; perhaps `name`, `scope` (as a crisis has it) and `level` (at most the webhook's).

        `Balie-Timestamp` is the time in seconds since 1970, at most five minutes from the desk's clock;
        `Balie-Signature` is `sha256=` and the HMAC-SHA-256, in hexadecimal, of that, a full stop and the body, under
        the secret that is shown here once. The answer has `crisis`, `state`, `level`, `url`, `repeated` and `joined`:
        201 where a crisis began, 200 where this `id` was told before or it became a line of a crisis that goes on.
        403: `signature_missing`, `signature_wrong`, `timestamp_wrong`, `timestamp_old`; 409: `id_used`; 400, 404, 413,
        429.
        """
        hook, secret = verbs.create_hook(self.person, **wish)
        return {**hook_form(hook), "secret": secret}


class OneCrisisHook(Resource):
    reads = Permission.MANAGE_CRISES

    @operation("crisis_webhooks_delete", "Revoke a crisis webhook", status=204)
    def delete(self, request: Request, hook_id: int) -> None:
        """Nothing is taken there any more; what it started goes on."""
        verbs.revoke_hook(self.person, hook_id)


class SecretOfCrisisHook(Resource):
    reads = Permission.MANAGE_CRISES

    @operation(
        "crisis_webhooks_secret", "Give a crisis webhook another secret",
        takes=RotateCrisisHookSerializer, gives=NewCrisisHookSerializer,
    )  # fmt: skip
    def post(self, request: Request, hook_id: int, wish: dict[str, Any]) -> Any:
        """The one before is good for a day more, or ends at once."""
        hook, secret = verbs.rotate_hook(self.person, hook_id, **wish)
        return {**hook_form(hook), "secret": secret}
