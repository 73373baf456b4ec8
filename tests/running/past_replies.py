"""Replies that left in the last days, written by PostgreSQL alone: more than anybody would send in a test."""

from collections.abc import Sequence

import psycopg

from tests.running.desk import RunningDesk

ANSWERS = (
    "Hoi Anna, wat vervelend! Trein 3512 rijdt weer vanaf 14:05. Wil je ons een privébericht sturen daarover?",
    "Hi Ben, sorry to hear that. Your parcel leaves tomorrow; see https://vlotlijn.nl/pakket?id=12 for where it is.",
    "Dank je wel voor je bericht, @klant! We zoeken dit voor je uit en komen er vandaag nog op terug. Fijne dag! 👍",
    "Bel ons op 0800-1234 of kijk op vlotlijn.nl. Je ordernummer VL-123456 ligt klaar bij de balie van Utrecht.",
    "Wat naar dat de lift op station Oudmeer het niet doet. De monteur is er vanmiddag, excuses voor het ongemak.",
    "Thank you for your kind words about our conductor, we will pass them on to the whole team in Haarbrug!",
    "Dat begrijpen we. Je kunt je geld terugvragen via https://bit.ly/vertraging, dat duurt ongeveer een week.",
    "Fijn dat het gelukt is. Tot ziens in de trein!",
)

# Ten seconds apart, the newest an hour old, so that 100,000 of them are twelve days; every third one in private.
_REPLIES = """
WITH t AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM tickets_ticket WHERE inbox_id = %(inbox)s),
     u AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM people_user)
INSERT INTO replies_reply
    (ticket_id, author_id, visibility, text, signed_text, idempotency_key, state, submitted_at, next_attempt_at,
    attempts, lookups, sent_at, external_id, findings, rulebook_version_id, problem_code, problem,
    approval_asked, canned_edited, drill, called, staged, let_past)
SELECT t.id, u.id, CASE WHEN g %% 3 = 0 THEN 'private' ELSE 'public' END, said, said, 'past' || g, 'sent', at, at,
    1, 0, at, 'past' || g, '[]', (SELECT id FROM rulebooks_rulebookversion WHERE state = 'active'), '', '{}',
    false, false, false, true, '[]', '[]'
FROM generate_series(1, %(count)s::bigint) AS g
JOIN t ON t.place = g * 7919 %% (SELECT count(*) FROM t)
JOIN u ON u.place = g %% (SELECT count(*) FROM u)
CROSS JOIN LATERAL (SELECT now() - interval '1 hour' - g * interval '10 seconds' AS at,
    (%(texts)s::text[])[1 + g %% %(different)s] || ' (' || g || ')' AS said) AS made
"""


def make_past_replies(desk: RunningDesk, inbox: int, count: int, texts: Sequence[str] = ANSWERS) -> None:
    """To the tickets of an inbox, by everybody in turn."""
    with psycopg.connect(desk.services["database_url"], autocommit=True) as connection:
        values = {"inbox": inbox, "count": count, "texts": list(texts), "different": len(texts)}
        connection.execute(_REPLIES, values)
        connection.execute("VACUUM ANALYZE replies_reply")
