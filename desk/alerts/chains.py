"""The chains in force, and the one that a new desk starts with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import pgettext

from desk.alerts.models import AlertChain, AlertChainVersion
from policies.alerts import DEFAULT, Chain

_read: dict[int, Chain] = {}  # versions never change, so each is read once in the life of a process


@dataclass(frozen=True, slots=True)
class ChainsNow:
    """The newest version of each chain in force, and that of the default chain."""

    newest: Mapping[int, int]  # version by chain
    default: int

    def of(self, chain_id: int | None) -> int:
        """The version that a clock which begins now goes by; the default where its policy names no chain."""
        return self.newest.get(chain_id, self.default) if chain_id is not None else self.default


def chains_now() -> ChainsNow:
    """In one query."""
    rows = list(
        AlertChain.objects.filter(deleted_at=None, current__isnull=False).values_list("pk", "current_id", "is_default")
    )
    newest = {pk: version for pk, version, _default in rows}
    return ChainsNow(newest, next(newest[pk] for pk, _version, is_default in rows if is_default))


def rules_of(version_ids: Iterable[int]) -> Mapping[int, Chain]:
    """Chains by their versions' ids. Gives back all that this process has read."""
    if unread := set(version_ids) - _read.keys():
        for version in AlertChainVersion.objects.filter(pk__in=unread):
            _read[version.pk] = version.rule
    return _read


def chain_by(version_id: int) -> Chain:
    """One chain by its version's id, for what has no time to build a set."""
    return _read.get(version_id) or rules_of([version_id])[version_id]


@transaction.atomic
def make_default() -> None:
    """The default chain, where there is none."""
    if AlertChain.objects.filter(is_default=True).exists():
        return
    _read.clear()  # of a database that was emptied, whose numbers come again
    with translation.override(settings.LANGUAGE_CODE):
        name = pgettext("policy or alert chain", "Default")
    chain = AlertChain.objects.create(name=name, is_default=True)
    chain.current = AlertChainVersion.objects.create(chain=chain, number=1, form=DEFAULT.as_json(), at=timezone.now())
    chain.save(update_fields=["current"])
