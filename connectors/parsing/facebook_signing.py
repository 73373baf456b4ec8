"""How Meta introduces itself to a webhook address: the handshake and the signature, alike for pages and Instagram."""

import hashlib
import hmac
from collections.abc import Mapping


def handshake(credentials: Mapping[str, str], query: Mapping[str, str]) -> tuple[str, str] | None:
    """The challenge given back to whoever knows the verify token; None for anybody else."""
    expected, given = credentials.get("verify_token", ""), query.get("hub.verify_token", "")
    if query.get("hub.mode") != "subscribe" or not expected or "hub.challenge" not in query:
        return None
    if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        return None
    return query["hub.challenge"], "text/plain"


def is_signed(credentials: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the app's secret signed these very bytes."""
    secret, given = credentials.get("app_secret", ""), headers.get("x-hub-signature-256", "")
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))
