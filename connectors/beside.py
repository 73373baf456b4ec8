"""What an instance may have beside `base.Connector`: where its network can do more than every network has to."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from connectors.base import Cursor, RateState
from connectors.capabilities import Handover


class Metered(Protocol):
    """What an instance may have beside `Connector`: what the network said of its limits in the last answer."""

    @property
    def rate(self) -> RateState | None: ...


class ReadFrom(Protocol):
    """What an instance may have beside `Connector`, where a stream can be read from some moment on."""

    def cursor_at(self, stream: str, since: datetime) -> Cursor:
        """A cursor as it would be if everything before `since` had been read. Makes no call."""


class CredentialsEnd(Protocol):
    """What an instance may have beside `Connector`, where its network tells when credentials stop working."""

    def credentials_end(self) -> datetime | None:
        """When they do; None where they do not, or where it can't be said. Raises AuthExpired and its kin."""


class FilesInside(Protocol):
    """What an instance may have beside `Connector`, where attachments have no address but lie in the messages."""

    def download(self, url: str, *, max_bytes: int) -> bytes:
        """The file that an item's attachment names by `url`. NotFound, InvalidContent where it is larger, Transient."""


class Hints(Protocol):
    """What an instance has beside `Connector` where one of its streams is `hinted`."""

    def listen(self, heard: Callable[[], None], goes_on: Callable[[], bool]) -> None:
        """Hold a connection on which the network says that something is new, and call `heard` each time.

        Comes back where the network hangs up, or soon after `goes_on` says no. Raises NotFound and its kin where this
        server has no such thing, Transient where the connection breaks. It is a hint: polls read what was said.
        """


class Blocks(Protocol):
    """What an instance has beside `Connector` where `Capabilities.blocks` says so."""

    def block(self, person_id: str, *, blocked: bool) -> None:
        """Shut somebody out, so that they can't write to the account on this network, or let them in again.

        `person_id` is an `Author.external_id`. Doing it twice is harmless.
        """


class Warns(Protocol):
    """What a class has beside `Connector` where people put words of warning before what they write."""

    @staticmethod
    def warning_in(text: str) -> str:
        """Behind which warning an answer to an item with this text stands, "" where there is none.

        The network counts it with the words of the answer; where both are too long, the answer goes without it.
        """


class ReadMarks(Protocol):
    """What an instance has beside `Connector` where `Capabilities.marks_read` says so."""

    def mark_read(self, thread_id: str) -> None:
        """Let a customer see that what they wrote in private has been read. Doing it twice is harmless."""


class HandsOver(Protocol):
    """What an instance has beside `Connector` where `Capabilities.hands_over` says so."""

    def hand_over(self, thread_id: str, how: Handover, app_id: str = "") -> None:
        """Take a private conversation over from another app of the company, ask for it, or give it to `app_id`."""
