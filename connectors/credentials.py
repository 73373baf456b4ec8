"""What an administrator filled in."""

from collections.abc import Iterable, Mapping

from connectors.base import CredentialField


def first_missing(fields: Iterable[CredentialField], credentials: Mapping[str, str]) -> str:
    """The label of the first required field that is empty; "" where all are there."""
    for field in fields:
        if field.required and not credentials.get(field.name, "").strip():
            return field.label
    return ""
