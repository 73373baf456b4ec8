"""Which networks there are: every module in `connectors/networks/` that holds a class after `Connector`.

Adding a network is dropping one file there. A module that can't be loaded or does not keep the contract is left out
and named by `problems()`, so that one bad file never takes the other networks down.
"""

import functools
import importlib
import pkgutil
import re
from collections.abc import Container
from dataclasses import dataclass
from types import ModuleType
from typing import Any, cast

from connectors import networks
from connectors.base import Capabilities, Connector, CredentialField, Stream
from connectors.errors import NetworkError

_METHODS = (
    "check", "fetch", "send", "find_sent", "publish", "find_published", "act",
    "handshake", "verify_webhook", "parse_webhook", "complete",
)  # fmt: skip
_TEXTS = ("label", "code", "private_code", "default_base_url")
_TUPLES = {"credential_fields": CredentialField, "streams": Stream}


class UnknownNetwork(NetworkError, KeyError):
    """No connector of that name: mistyped, or its file went with an upgrade while accounts were still connected."""

    permanent = True
    code = "unknown_network"

    def __str__(self) -> str:
        return str(self.args[0])  # KeyError would put it between quotes


@dataclass(frozen=True, slots=True)
class _Found:
    networks: dict[str, type[Connector]]
    problems: tuple[str, ...]


def get(slug: str) -> type[Connector]:
    """The connector of a network. UnknownNetwork says which there are."""
    found = _found().networks
    if slug not in found:
        known = ", ".join(sorted(found)) or "–"
        raise UnknownNetwork("There is no network “%(name)s”. Known are: %(known)s.", name=slug, known=known)
    return found[slug]


def all_networks() -> tuple[type[Connector], ...]:
    """Every usable connector, by label."""
    return tuple(sorted(_found().networks.values(), key=lambda connector: connector.label.lower()))


def problems() -> tuple[str, ...]:
    """One sentence for each module that was refused, naming file and reason; empty when all is well."""
    return _found().problems


def reset() -> None:
    """Look again at the folder (tests that add a network)."""
    _found.cache_clear()


@functools.cache
def _found() -> _Found:
    usable: dict[str, type[Connector]] = {}
    refused: list[str] = []
    for module in sorted(pkgutil.iter_modules(networks.__path__), key=lambda entry: entry.name):
        name = f"{networks.__name__}.{module.name}"
        try:
            connector = _connector_in(importlib.import_module(name), usable)
        except Exception as problem:  # whatever a dropped-in file raises must not take the desk down
            refused.append(f"connectors/networks/{module.name}.py is not used: {type(problem).__name__}: {problem}.")
        else:
            usable[connector.slug] = connector
    return _Found(usable, tuple(refused))


def _connector_in(module: ModuleType, known: Container[str]) -> type[Connector]:
    own: list[Any] = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and value.__module__ == module.__name__ and hasattr(value, "slug")
    ]
    if len(own) != 1:
        raise ValueError(f"it must hold one class with a slug, and holds {len(own)}")
    faults = _faults(own[0])
    if faults:
        raise ValueError(f"{own[0].__name__} {'; '.join(faults)}")
    if own[0].slug in known:
        raise ValueError(f"its slug “{own[0].slug}” is taken by another network")
    return cast(type[Connector], own[0])


def _faults(connector: type) -> list[str]:
    faults = [f"lacks the method {name}" for name in _METHODS if not callable(getattr(connector, name, None))]
    faults += [f"lacks the text {name}" for name in _TEXTS if not isinstance(getattr(connector, name, None), str)]
    for name, kind in _TUPLES.items():
        value = getattr(connector, name, None)
        if not isinstance(value, tuple) or not all(isinstance(entry, kind) for entry in value):
            faults.append(f"needs {name} as a tuple of {kind.__name__}")
    capabilities = getattr(connector, "capabilities", None)
    if not isinstance(capabilities, Capabilities):
        faults.append("lacks its capabilities")
    elif (capabilities.public_media or capabilities.private_media) and not callable(getattr(connector, "upload", None)):
        faults.append("takes files along and lacks the method upload")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", str(getattr(connector, "slug", ""))):
        faults.append("has a slug that is not lower-case letters, digits and underscores")
    return faults
