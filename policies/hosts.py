"""Lists of domains, as a rulebook writes them: each entry stands for the domain and all of its subdomains."""

from collections.abc import Iterator

import regex

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = regex.compile(rf"(?:{_LABEL}\.)+(?:xn--)?[a-z0-9-]{{2,61}}")
_LONGEST = 253


class Hosts:
    """Domains that are looked up by host; a list of a thousand costs no more than one of two."""

    def __init__(self, entries: tuple[str, ...]) -> None:
        self.entries = entries
        self._known = frozenset(ascii_host(entry) for entry in entries)

    def __contains__(self, host: str) -> bool:
        return bool(self._known) and any(name in self._known for name in _itself_and_parents(host))

    def __bool__(self) -> bool:
        return bool(self._known)


def _itself_and_parents(host: str) -> Iterator[str]:
    while host:
        yield host
        host = host.partition(".")[2]


def ascii_host(entry: str) -> str:
    """The domain in the lower-case ASCII form that browsers use; empty where it has none."""
    try:
        return entry.strip().encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def host_problem(entry: str) -> bool:
    """Whether this is no domain: an address with a scheme or a path is none."""
    host = ascii_host(entry)
    return len(host) > _LONGEST or not _HOST.fullmatch(host)
