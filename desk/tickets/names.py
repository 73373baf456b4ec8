"""Names and handles as they are looked for: by how their words begin, whatever accents and capitals they have."""

import re
import unicodedata

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Func

MOST_WORDS = 8  # of a question; more would only narrow what is narrow already
_ACCENTS = re.compile("[\u0300-\u036f]+")
_BETWEEN = re.compile(r"[\s!-/:-@\[-`{-~]+")


class NameWords(Func):
    """The words of some columns, for an index and for the questions that use it.

    Accents off and ASCII punctuation out, because PostgreSQL's own reading takes `jan.nl` for a host and `jan-12` for
    two numbers, and `unaccent` is no part of it. Every step is immutable, as an index needs it. The columns must not be
    null.
    """

    template = (
        "to_tsvector('simple', regexp_replace(regexp_replace(normalize(%(expressions)s, NFKD), "
        "'[\\u0300-\\u036f]+', '', 'g'), '[!-/:-@\\[-`{-~]+', ' ', 'g'))"
    )
    arg_joiner = " || ' ' || "
    output_field = SearchVectorField()


def beginning_with(words: str) -> SearchQuery | None:
    """A question to `NameWords`: each of these words begins one of its words. None where there is no word."""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", words.replace("\x00", " ")))
    parts = [part for part in _BETWEEN.split(plain) if part][:MOST_WORDS]
    if not parts:
        return None
    return SearchQuery(" & ".join(f"'{part}':*" for part in parts), search_type="raw", config="simple")
