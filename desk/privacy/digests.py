"""Ids of networks as keyed digests: enough to know one again, and no way back to the person.

The key comes from DESK_SECRET_KEY. Under another one nothing that was erased is known again, should a network tell it
a second time.
"""

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b, sha256

from django.conf import settings

from desk.tickets.models import ERASED, Message


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return sha256(b"desk.privacy\0" + secret.encode()).digest()


def digest_of(*parts: str) -> str:
    """64 hexadecimal digits. (BLAKE2 takes a key by itself, and a microsecond: ingest asks it of every message.)"""
    said = "\0".join(parts).encode("utf-8", "surrogatepass")
    return blake2b(said, key=_key(settings.SECRET_KEY), digest_size=32).hexdigest()


def account_digest(network: str, external_id: str) -> str:
    return digest_of("account", network, external_id)


def erased_id(network: str, external_id: str) -> str:
    """What stands in the place of the id of something that was erased."""
    return ERASED + digest_of("id", network, external_id)


def known_erased(inbox_id: int, network: str, external_ids: Iterable[str]) -> set[str]:
    """Which of these messages were erased. One query."""
    by_digest = {erased_id(network, one): one for one in external_ids}
    rows = Message.objects.filter(inbox=inbox_id, external_id__any_of=by_digest)
    return {by_digest[found] for found in rows.values_list("external_id", flat=True)}
