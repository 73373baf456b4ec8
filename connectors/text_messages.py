"""Text messages to telephones: what the desk asks of whoever takes them, and a gateway spoken to over HTTP.

There is no standard for such gateways, so this one is as plain as can be; most take it as it is or behind a few lines
that translate. The address is the operator's own and may be inside their network.
"""

import json
from dataclasses import dataclass, field
from typing import Protocol

from connectors.outgoing_address import deliver


class TextProvider(Protocol):
    """Takes a text for a telephone number (E.164). The same `key` is the same message, should it be handed in twice.

    It may POST `{"status": "delivered"}` or `{"status": "failed", "problem": "…"}` to `report_to` afterwards.
    Raises errors.NetworkError: permanent where it does not want this message, transient where it is away.
    """

    def send(self, to: str, text: str, *, key: str, report_to: str) -> None: ...


@dataclass(frozen=True, slots=True)
class HttpTextGateway:
    """POST of one JSON object with `to`, `from`, `text`, `key` and `report_to`; any 2xx answer means that it is taken.

    `Authorization: Bearer …` says who asks and `Idempotency-Key` which message it is.
    """

    url: str
    token: str = field(repr=False)
    sender: str

    def send(self, to: str, text: str, *, key: str, report_to: str) -> None:
        told = {"to": to, "from": self.sender, "text": text, "key": key, "report_to": report_to}
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Balie",
            "Idempotency-Key": key,
            "Authorization": f"Bearer {self.token}",
        }
        deliver(self.url, json.dumps(told).encode(), headers, allow_private=True)
