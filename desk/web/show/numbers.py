"""Numbers as people read them."""

from django.utils.formats import number_format

_THOUSAND, _MILLION = 1_000, 1_000_000


def reach(followers: int | None) -> str:
    """“890”, “2.3k”, “48.1k”, “1.2M”; empty where the network does not say."""
    if followers is None or followers <= 0:
        return ""
    if followers < _THOUSAND:
        return str(followers)
    if followers < _MILLION:
        return f"{number_format(followers / _THOUSAND, 1 if followers < 100 * _THOUSAND else 0)}k"
    return f"{number_format(followers / _MILLION, 1)}M"


def grouped(number: int) -> str:
    """“2,310”, in Dutch “2.310”."""
    return number_format(number, 0, force_grouping=True)
