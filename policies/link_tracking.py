"""What in an address only follows people around: parameters of campaigns and clicks."""

from urllib.parse import urlsplit, urlunsplit

import regex

PARAMETERS = (
    "utm_*", "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid",
    "igshid", "igsh", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "vero_id", "_hsenc", "_hsmi", "oly_enc_id",
    "rb_clickid", "s_cid", "ref_src", "wt_mc", "epik",
)  # fmt: skip
_SPLIT = regex.compile(r"[&;]")


def followers(url: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The parameters of an address that are on the list; an entry that ends in `*` stands for all that begin so."""
    return tuple(name for name in map(_name, _SPLIT.split(_query(url))) if name and _listed(name, names))


def without_followers(url: str, names: tuple[str, ...]) -> str:
    """The address without them, all else as it was written."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    kept = [pair for pair in _SPLIT.split(parts.query) if not _listed(_name(pair), names)]
    return urlunsplit(parts._replace(query="&".join(kept)))


def _query(url: str) -> str:
    return url.partition("#")[0].partition("?")[2]


def _name(pair: str) -> str:
    return pair.partition("=")[0].casefold()


def _listed(name: str, names: tuple[str, ...]) -> bool:
    return any(name.startswith(known[:-1]) if known.endswith("*") else name == known for known in names)
