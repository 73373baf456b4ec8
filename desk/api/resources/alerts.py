"""A person's notices; the chains that decide who is alerted when, and the webhooks they tell."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from desk.actions.alerts import alert_chains, notices
from desk.alerts.models import Alert, AlertChain, AlertChainVersion, Webhook
from desk.api.forms.alerts import (
    AlertSerializer,
    ChainSerializer,
    ChainVersionSerializer,
    ChangeChainSerializer,
    CountSerializer,
    NewWebhookSerializer,
    NotificationQuery,
    NotificationSerializer,
    SeenSerializer,
    WebhookSerializer,
    WriteChainSerializer,
    WriteWebhookSerializer,
)
from desk.api.operation import operation
from desk.api.paging import Page, PageQuery, serialized
from desk.api.views import Resource
from desk.common.errors import Missing
from desk.common.paging import slice_after
from desk.people.permissions import Permission


class Notifications(Resource):
    @operation(
        "notifications_list", "List your notices", asks=NotificationQuery, gives=NotificationSerializer, paged=True
    )
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """Newest first."""
        rows = notices.mine(self.person)
        if query["unseen"]:
            rows = rows.filter(seen_at=None)
        found = slice_after(rows, ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(found, serialized(NotificationSerializer))


class SeenNotifications(Resource):
    @operation("notifications_seen", "Mark notices as seen", takes=SeenSerializer, gives=CountSerializer)
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """Gives back how many were not seen before."""
        return {"count": notices.see(self.person, wish.get("ids"))}


class AcknowledgeNotification(Resource):
    @operation("notifications_acknowledge", "Acknowledge a notice", gives=NotificationSerializer)
    def post(self, request: Request, notice_id: int) -> Any:
        """Acknowledging an alert stops its chain for everybody; 409 where it is over already."""
        return NotificationSerializer(notices.acknowledge(self.person, notice_id)).data


class TicketAlerts(Resource):
    @operation("tickets_alerts_list", "List the alerts of a ticket", asks=PageQuery, gives=AlertSerializer, paged=True)
    def get(self, request: Request, ticket_id: int, query: dict[str, Any]) -> Page:
        """Newest first."""
        rows = Alert.objects.filter(ticket=ticket_id).select_related("chain_version", "acknowledged_by")
        found = slice_after(rows, ("id",), query["cursor"], query["page_size"], descending=True)
        return Page(found, serialized(AlertSerializer))


class AcknowledgeTicket(Resource):
    @operation("tickets_acknowledge", "Acknowledge the alerts of a ticket", gives=CountSerializer)
    def post(self, request: Request, ticket_id: int) -> Any:
        """Stops the chains of its clocks; 409 where no alert is open."""
        return {"count": notices.acknowledge_ticket(self.person, ticket_id)}


class Chains(Resource):
    @operation("alert_chains_list", "List alert chains", asks=PageQuery, gives=ChainSerializer, paged=True)
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """By name."""
        rows = AlertChain.objects.filter(deleted_at=None).select_related("current")
        found = slice_after(rows, ("name", "id"), query["cursor"], query["page_size"])
        return Page(found, serialized(ChainSerializer))

    @operation(
        "alert_chains_create", "Add an alert chain", takes=WriteChainSerializer, gives=ChainSerializer, status=201
    )
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        return ChainSerializer(alert_chains.create_chain(self.person, **wish)).data


class OneChain(Resource):
    @operation("alert_chains_read", "Read an alert chain", gives=ChainSerializer)
    def get(self, request: Request, chain_id: int) -> Any:
        chain = AlertChain.objects.filter(pk=chain_id, deleted_at=None).select_related("current").first()
        if chain is None:
            raise Missing(_("There is no such alert chain."))
        return ChainSerializer(chain).data

    @operation("alert_chains_change", "Change an alert chain", takes=ChangeChainSerializer, gives=ChainSerializer)
    def patch(self, request: Request, chain_id: int, wish: dict[str, Any]) -> Any:
        """Other steps make a new version; clocks that run keep the version they began with."""
        return ChainSerializer(alert_chains.change_chain(self.person, chain_id, **wish)).data

    @operation("alert_chains_delete", "Take an alert chain out of use", status=204)
    def delete(self, request: Request, chain_id: int) -> None:
        """The default chain stays (409)."""
        alert_chains.delete_chain(self.person, chain_id)


class ChainVersions(Resource):
    @operation(
        "alert_chain_versions_list", "List the versions of a chain",
        asks=PageQuery, gives=ChainVersionSerializer, paged=True,
    )  # fmt: skip
    def get(self, request: Request, chain_id: int, query: dict[str, Any]) -> Page:
        """Newest first; also of a chain that is out of use."""
        rows = AlertChainVersion.objects.filter(chain=chain_id).select_related("author")
        found = slice_after(rows, ("number",), query["cursor"], query["page_size"], descending=True)
        return Page(found, serialized(ChainVersionSerializer))


class Webhooks(Resource):
    reads = Permission.MANAGE_SLA

    @operation(
        "alert_webhooks_list", "List the webhooks of alerts", asks=PageQuery, gives=WebhookSerializer, paged=True
    )
    def get(self, request: Request, query: dict[str, Any]) -> Page:
        """By name; without their secrets."""
        rows = Webhook.objects.filter(deleted_at=None)
        found = slice_after(rows, ("name", "id"), query["cursor"], query["page_size"])
        return Page(found, serialized(WebhookSerializer))

    @operation(
        "alert_webhooks_create", "Add a webhook for alerts",
        takes=WriteWebhookSerializer, gives=NewWebhookSerializer, status=201,
    )  # fmt: skip
    def post(self, request: Request, wish: dict[str, Any]) -> Any:
        """Each alert is POSTed as JSON. `Balie-Signature` is `sha256=` and the HMAC-SHA-256, in hexadecimal, of
        `Balie-Timestamp`, a full stop and the body, under the secret that is shown here once. A `Balie-Delivery` that
        comes again was delivered before."""
        webhook, secret = alert_chains.create_webhook(self.person, **wish)
        return {**WebhookSerializer(webhook).data, "secret": secret}


class OneWebhook(Resource):
    reads = Permission.MANAGE_SLA

    @operation("alert_webhooks_delete", "Take a webhook out of use", status=204)
    def delete(self, request: Request, webhook_id: int) -> None:
        alert_chains.delete_webhook(self.person, webhook_id)
