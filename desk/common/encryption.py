"""Sealing what must not be read from a stolen disk: credentials of accounts. Fernet keys come from the settings."""

import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext_noop


class Unsealable(Exception):
    """Sealed with a key that the desk does not have (any more). The message is for whoever shows it to translate."""


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.CREDENTIAL_KEYS])


def seal(values: Mapping[str, str]) -> bytes:
    """Encrypt with the newest key."""
    return _keys().encrypt(json.dumps(dict(values)).encode())


def unseal(sealed: bytes) -> dict[str, str]:
    """Decrypt with whichever key fits. Raises Unsealable."""
    try:
        values: dict[str, str] = json.loads(_keys().decrypt(bytes(sealed)))
    except InvalidToken:
        raise Unsealable(
            gettext_noop(
                "These credentials were sealed with a key that is not in DESK_CREDENTIAL_KEYS. "
                "Add that key again behind the new one."
            )
        ) from None
    return values


def reseal(sealed: bytes) -> bytes:
    """The same content under the newest key. Raises Unsealable."""
    try:
        return _keys().rotate(bytes(sealed))
    except InvalidToken:
        raise Unsealable("Sealed with an unknown key.") from None
