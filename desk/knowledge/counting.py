"""How often words stand in articles and in the newest messages, counted from time to time: rarity hardly moves."""

from django.db import connection, transaction

from desk.knowledge.models import WordCount
from desk.knowledge.search import CONFIGS

_TEXTS = {
    WordCount.Kind.ARTICLE: "SELECT search FROM knowledge_articletext WHERE language = %L",
    WordCount.Kind.MESSAGE: (
        "SELECT search FROM tickets_message WHERE language = %L AND NOT outgoing AND ticket_id IS NOT NULL "
        "ORDER BY id DESC LIMIT 20000"
    ),
}


def count_words() -> None:
    """All of it anew, a kind and language at a time; whoever counts at the same moment counts the same."""
    for kind, texts in _TEXTS.items():
        for language in CONFIGS:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('knowledge.count_words'))")
                WordCount.objects.filter(kind=kind, language=language).delete()
                cursor.execute(
                    f"""INSERT INTO knowledge_wordcount (kind, language, word, texts)
                    SELECT %(kind)s, %(language)s, word, ndoc FROM ts_stat(format(%(texts)s, %(language)s))
                    UNION ALL
                    SELECT %(kind)s, %(language)s, '', count(*) FROM ({texts.replace("%L", "%(language)s")}) AS said""",  # noqa: S608 our own statement
                    {"kind": kind, "language": language, "texts": texts},
                )
