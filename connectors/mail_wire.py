"""How a mail is written down, where the standard library writes something that programs can't read."""

from email.policy import EmailPolicy
from typing import Any

_IDS = ("in-reply-to", "references")


class _Wire(EmailPolicy):
    """SMTP's form, in which ids of mails stay as they are.

    The library encodes what it can't fold, and a long id (Outlook's have 80 signs) has no place for it: then no program
    knows any more which mail is answered (RFC 5322, 3.6.4 has ids in no encoding).
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in _IDS:  # one a line
            return (f"{name}: " + "\r\n ".join(str(value).split()) + "\r\n").encode("ascii", "replace")
        return super().fold_binary(name, value)


WIRE = _Wire(linesep="\r\n")
