"""How a part of an address is read. Import it before addresses that use it."""

from django.urls import register_converter

from desk.api.fields import LARGEST_ID


class NumberConverter:
    """An id: a whole number from 1 that fits a PostgreSQL bigint."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > LARGEST_ID:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(NumberConverter, "number")
