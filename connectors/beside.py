"""What an instance may have beside `base.Connector`, where its capabilities say so: events of private conversations."""

from typing import Protocol

from connectors.capabilities import Handover


class ReadMarks(Protocol):
    """What an instance has beside `Connector` where `Capabilities.marks_read` says so."""

    def mark_read(self, thread_id: str) -> None:
        """Let a customer see that what they wrote in private has been read. Doing it twice is harmless."""


class HandsOver(Protocol):
    """What an instance has beside `Connector` where `Capabilities.hands_over` says so."""

    def hand_over(self, thread_id: str, how: Handover, app_id: str = "") -> None:
        """Take a private conversation over from another app of the company, ask for it, or give it to `app_id`."""
