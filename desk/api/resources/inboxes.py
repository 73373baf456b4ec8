"""Connected accounts: connect, look after, pause, authorise again."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.inboxes import inboxes as verbs
from desk.api.forms.inboxes import (
    AccountSerializer,
    ChangeInboxSerializer,
    CreateInboxSerializer,
    CredentialsSerializer,
    InboxSerializer,
    InboxWithHealthSerializer,
    NetworkSerializer,
    TestAccountSerializer,
    inbox_form,
    inbox_with_health_form,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, each
from desk.api.problems import ProblemSerializer
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.inboxes.models import Inbox

REFUSED = {422: ProblemSerializer}  # the network did not take the credentials, or could not be asked


def after(inbox_id: int) -> dict[str, Any]:
    """The account as it is now. Raises Missing."""
    inbox = Inbox.objects.select_related("team").filter(pk=inbox_id).first()
    if inbox is None:
        raise Missing(_("There is no such inbox."))
    return inbox_with_health_form(inbox)


class Networks(Resource):
    @operation("networks_list", "List the networks that can be connected", gives=NetworkSerializer, many=True)
    def get(self, request: Request) -> Any:
        """With the credentials that each needs and what it can do."""
        return NetworkSerializer(verbs.networks(), many=True).data


class Inboxes(Resource):
    @operation("inboxes_list", "List connected accounts", asks=PageQuery, gives=InboxSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        rows = Inbox.objects.select_related("team")
        return Page(slice_after(rows, ("id",), query["cursor"], query["page_size"]), each(inbox_form))

    @operation(
        "inboxes_create",
        "Connect an account",
        takes=CreateInboxSerializer,
        gives=InboxWithHealthSerializer,
        status=201,
        refuses=REFUSED,
    )
    def post(self, request: Request, wish: dict[str, Any]) -> dict[str, Any]:
        """The network is asked first: a 422 `connection_refused` says what it did not like."""
        team_id = wish.pop("team")
        return inbox_with_health_form(verbs.create_inbox(self.person, team_id=team_id, **wish))


class OneInbox(Resource):
    @operation("inboxes_read", "Read an account with its health", gives=InboxWithHealthSerializer)
    def get(self, request: Request, inbox_id: int) -> dict[str, Any]:
        return after(inbox_id)

    @operation("inboxes_change", "Change an account", takes=ChangeInboxSerializer, gives=InboxWithHealthSerializer)
    def patch(self, request: Request, inbox_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """What is left out stays. New credentials: `reauthorise`."""
        verbs.change_inbox(self.person, inbox_id, **{"team_id" if key == "team" else key: wish[key] for key in wish})
        return after(inbox_id)

    @operation("inboxes_delete", "Disconnect an account", status=204)
    def delete(self, request: Request, inbox_id: int) -> None:
        """Only one without tickets; one with a history is paused instead (409)."""
        verbs.delete_inbox(self.person, inbox_id)


class TestAccount(Resource):
    @operation(
        "inboxes_test_credentials",
        "Test credentials before connecting",
        takes=TestAccountSerializer,
        gives=AccountSerializer,
        refuses=REFUSED,
    )
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """Whose they are, and what they lack. Nothing is kept."""
        return AccountSerializer(verbs.test_connection(self.person, **wish)).data


class Test(Resource):
    @operation("inboxes_test", "Test an account's connection", gives=AccountSerializer, refuses=REFUSED)
    def post(self, request: Request, inbox_id: int) -> Any:
        return AccountSerializer(verbs.test_inbox(self.person, inbox_id)).data


class Pause(Resource):
    @operation("inboxes_pause", "Pause an account", gives=InboxWithHealthSerializer)
    def post(self, request: Request, inbox_id: int) -> dict[str, Any]:
        """Stop reading and sending. Webhooks are still taken in, so that nothing is lost."""
        verbs.pause(self.person, inbox_id)
        return after(inbox_id)


class Resume(Resource):
    @operation("inboxes_resume", "Resume an account", gives=InboxWithHealthSerializer)
    def post(self, request: Request, inbox_id: int) -> dict[str, Any]:
        verbs.resume(self.person, inbox_id)
        return after(inbox_id)


class Reauthorise(Resource):
    @operation(
        "inboxes_reauthorise",
        "Give an account new credentials",
        takes=CredentialsSerializer,
        gives=InboxWithHealthSerializer,
        refuses=REFUSED,
    )
    def post(self, request: Request, inbox_id: int, wish: dict[str, Any]) -> dict[str, Any]:
        """What is left out keeps its value. Replies that were held for want of a token leave now."""
        verbs.reauthorise(self.person, inbox_id, wish["credentials"])
        return after(inbox_id)
