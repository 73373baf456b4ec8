"""Where words on their way to X go."""

from connectors import errors
from connectors.base import Outgoing
from connectors.parsing import path_id


def private_place(message: Outgoing) -> dict[str, str]:
    """Where a direct message goes: into its conversation, or to a person with whom there is none yet."""
    if message.thread_id and not message.reply_to_public:
        return {"dm_conversation_id": path_id(message.thread_id)}
    if not message.recipient:
        raise errors.RecipientUnavailable("It is not known who should get this message.")
    return {"participant_id": path_id(message.recipient)}
