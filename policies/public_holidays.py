"""Public holidays by country and part of a country, from the library `holidays`.

The library loads a country when it is first asked for; a year of one country takes well under a millisecond after that.
It knows each country for the years that it has sources for, at most to 2100.
"""

import warnings
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

FROZEN_YEARS = range(1970, 2200)  # as far as a calendar has days of its own


@cache
def countries() -> frozenset[str]:
    """Every country that is known, by its two letters of ISO 3166."""
    return frozenset(codes[1] for codes in _library().registry.COUNTRIES.values())


def subdivisions(country: str) -> tuple[str, ...]:
    """The parts of a known country that may have holidays of their own, by their codes of ISO 3166-2."""
    return tuple(_country(country).subdivisions)


def parts_of(country: str) -> Mapping[str, str]:
    """The same parts with a name where the library has one, in the country's own language; else empty."""
    return {
        code: max(names, key=len, default="") for code, names in _country(country).get_subdivision_aliases().items()
    }


@lru_cache(maxsize=512)
def public_holidays(country: str, subdivision: str, year: int, language: str = "") -> Mapping[date, str]:
    """The public holidays of a year with their names: in `language` where the library has it, else in the country's."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says which years it knows only partly, and nobody could do better
        library = _library()
        found = library.country_holidays(
            country,
            subdiv=subdivision or None,
            years=year,
            categories=(library.PUBLIC,),
            language=_known_language(country, language),
        )
    return MappingProxyType(dict(sorted(found.items())))


def holiday_dates(country: str, subdivision: str) -> tuple[date, ...]:
    """The public holidays of every year in `FROZEN_YEARS`, in order: what is kept with a promise, so that a newer
    library changes no deadline. None for no country."""
    years = FROZEN_YEARS if country else ()
    return tuple(day for year in years for day in public_holidays(country, subdivision, year))


def _known_language(country: str, wanted: str) -> str | None:
    """Always a language by name: told none, the library takes that of the machine."""
    entity = _country(country)
    known = next((name for name in entity.supported_languages if wanted and name[:2] == wanted[:2].lower()), None)
    return known or entity.default_language or "en"


def _country(country: str) -> Any:
    """The library's class of a country; loaders without types stand in for them."""
    return getattr(_library(), country)


def _library() -> Any:
    """Loaded by who keeps a calendar: 4 MB, and time to start."""
    import holidays

    return holidays
