"""How X and the desk prove themselves to each other: the answer to its check, and the signature of a delivery."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping


def handshake(credentials: Mapping[str, str], query: Mapping[str, str]) -> tuple[str, str] | None:
    """The answer to X's own check of a webhook address (CRC)."""
    token, secret = query.get("crc_token"), credentials.get("consumer_secret")
    if not token or not secret:
        return None
    return json.dumps({"response_token": _signature(secret, token.encode())}), "application/json"


def is_signed(credentials: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the signature over the raw bytes is X's, in constant time."""
    secret, given = credentials.get("consumer_secret"), headers.get("x-twitter-webhooks-signature", "")
    return bool(secret) and hmac.compare_digest(
        _signature(secret or "", body).encode(), given.encode("utf-8", "replace")
    )


def _signature(secret: str, message: bytes) -> str:
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), message, hashlib.sha256).digest()).decode()
