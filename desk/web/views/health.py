"""Whether the desk lives (`/healthz`), can work (`/readyz`), and in figures (`/metrics`)."""

import ipaddress
from collections.abc import Callable

import redis
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError as BrokerAway
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from desk.common.live import client
from desk.people.models import ApiToken
from desk.people.permissions import Permission
from desk.web.metrics import registry

HEARTBEAT = "desk:heartbeat"  # set by a worker each time that beat asks for it; lapses by itself
PING_SECONDS = 0.5


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Database, broker, workers and beat: 200 when all four work, else 503 with which does not."""
    parts = {"database": _works(_database), "broker": _works(_broker)}
    parts |= _background() if parts["broker"] else {"workers": False, "beat": False}
    return JsonResponse(
        {"ready": all(parts.values()), **{name: "ok" if works else "down" for name, works in parts.items()}},
        status=200 if all(parts.values()) else 503,
    )


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus, for this machine itself or with the API token of somebody who may see reports."""
    if not (_from_this_machine(request) or _has_token(request)):
        return HttpResponse("Give an API token: Authorization: Token …\n", status=403, content_type="text/plain")
    return HttpResponse(generate_latest(registry()), content_type=CONTENT_TYPE_LATEST)


def _works(part: Callable[[], object]) -> bool:
    try:
        part()
    except (DatabaseError, redis.RedisError, OSError):
        return False
    return True


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _broker() -> None:
    client().ping()


def _background() -> dict[str, bool]:
    """A fresh heartbeat was ordered by beat and made by a worker. Where it is stale, workers are asked themselves."""
    if client().exists(HEARTBEAT):
        return {"workers": True, "beat": True}
    try:
        workers = bool(current_app.control.ping(timeout=PING_SECONDS))
    except (BrokerAway, OSError):
        workers = False
    return {"workers": workers, "beat": False}


def _from_this_machine(request: HttpRequest) -> bool:
    """Whether nobody forwarded it: behind a proxy everything would seem to come from here."""
    if settings.SECURE_PROXY_SSL_HEADER or request.headers.get("X-Forwarded-For") or request.headers.get("Forwarded"):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _has_token(request: HttpRequest) -> bool:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme not in ("Token", "Bearer") or not secret:
        return False
    token = ApiToken.objects.select_related("user").filter(digest=ApiToken.digest_of(secret.strip())).first()
    return token is not None and token.user.may(Permission.SEE_REPORTS)
