"""How many examples a property is tried with."""

from hypothesis import settings


def examples(few: int, many: int) -> int:
    """For a property that takes long with each: few in every run, many where new ones are looked for.

    That is `make test-long`, with the profile that `tests/conftest.py` calls "explore".
    """
    return few if settings().derandomize else many
