"""A desk with a past: hundreds of thousands of tickets, made by PostgreSQL alone."""

import psycopg
from psycopg import sql

from tests.running.desk import RunningDesk

BASE = 1_000_000_000  # numbers of what is made here begin behind it, so that they meet nobody else's
LONG = BASE - 1  # a ticket with a very long thread
LONG_THREAD = 5_000  # messages
TABLES = (
    "tickets_customer", "tickets_profile", "tickets_conversation", "tickets_ticket", "tickets_message",
    "tickets_ticketevent", "sla_clock",
)  # fmt: skip

# One ticket in ten is open; what is due spreads over ten hours, and what has passed is marked already.
_TICKETS = """
CREATE TEMP TABLE made ON COMMIT DROP AS
SELECT g, %(base)s + g AS id, %(base)s + g / 2 AS customer,
    CASE WHEN g %% 100 < 7 THEN 'new' WHEN g %% 100 < 10 THEN 'open' WHEN g %% 100 < 14 THEN 'waiting_for_customer'
        WHEN g %% 100 = 14 THEN 'waiting_for_colleague' WHEN g %% 100 = 15 THEN 'snoozed' WHEN g %% 100 = 16 THEN 'spam'
        ELSE 'resolved' END AS state,
    g %% 100 < 10 AS open,
    now() - g %% 31536000 * interval '30 seconds' AS at,
    now() + (g * 7919 %% 36000 - 3600) * interval '1 second' AS due
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS g;

INSERT INTO tickets_customer (id, name, language, about, created_at)
SELECT DISTINCT ON (customer) customer, 'Klant ' || customer, 'nl', '', at FROM made ON CONFLICT DO NOTHING;

INSERT INTO tickets_profile
    (id, customer_id, network, external_id, handle, name, avatar_url, followers, verified, updated_at)
SELECT DISTINCT ON (customer) customer, customer, 'x', 'h' || customer, 'klant' || customer, 'Klant ' || customer, '',
    g %% 5000, false, at
FROM made ON CONFLICT DO NOTHING;

INSERT INTO tickets_conversation (id, inbox_id, thread_id, private, created_at)
SELECT id, %(inbox)s, 'h' || id, false, at FROM made;

INSERT INTO tickets_ticket
    (id, inbox_id, conversation_id, customer_id, profile_id, state, assignee_id, language, sentiment, snoozed_until,
    created_at, received_at, resolved_at, priority, due_at, warn_at, clock_started_at, waiting_since, last_message_at,
    preview, preview_outgoing, private, unread, original_gone, problem)
SELECT id, %(inbox)s, id, customer, customer, state,
    CASE WHEN g %% 3 = 0 THEN NULL ELSE (SELECT id FROM people_user ORDER BY id OFFSET made.g %% 5 LIMIT 1) END,
    'nl', 'neutral', CASE WHEN state = 'snoozed' THEN now() + interval '1 year' END,
    at, at, CASE WHEN state = 'resolved' THEN at END,
    CASE WHEN g %% 97 = 0 THEN 3 WHEN g %% 11 = 0 THEN 2 ELSE 1 END,
    CASE WHEN open THEN due ELSE '9999-01-01+00' END, CASE WHEN open THEN due - interval '12 minutes' END,
    CASE WHEN open THEN at END, CASE WHEN open THEN at END, at,
    '@vlotlijn waarom rijdt de trein naar Oudmeer van ' || g || ' weer niet?', false, false, g %% 4, false, ''
FROM made;

INSERT INTO tickets_message
    (id, conversation_id, ticket_id, inbox_id, external_id, parent_id, kind, profile_id, outgoing, private, text,
    language, url, reply_allowed, created_at, received_at, hidden, liked)
SELECT id, id, id, %(inbox)s, 'h' || id, '', 'mention', customer, false, false,
    '@vlotlijn waarom rijdt de trein naar Oudmeer van ' || g || ' weer niet? Ik sta al een half uur te wachten',
    'nl', '', true, at, at, false, false
FROM made;

INSERT INTO tickets_ticketevent (ticket_id, kind, at, data)
SELECT id, 'ticket_opened', at, '{}' FROM made;

INSERT INTO sla_clock
    (ticket_id, metric, cycle, state, policy_version_id, calendar_version_id, started_at, received_at, target_seconds,
    warn_at, due_at, met_at, breached_at)
SELECT id, 'first_response', 0, CASE WHEN open THEN 'running' ELSE 'met' END,
    (SELECT max(id) FROM sla_slapolicyversion), (SELECT max(id) FROM sla_calendarversion), at, at, 3600,
    due - interval '12 minutes', due,
    CASE WHEN NOT open THEN due END, CASE WHEN open AND due < now() + interval '1 hour' THEN due END
FROM made;
"""

_LONG_THREAD = """
INSERT INTO tickets_conversation (id, inbox_id, thread_id, private, created_at)
VALUES (%(ticket)s, %(inbox)s, 'long', true, now());
INSERT INTO tickets_ticket
    (id, inbox_id, conversation_id, customer_id, profile_id, state, language, sentiment, created_at, received_at,
    priority, due_at, last_message_at, preview, preview_outgoing, private, unread, original_gone, problem)
SELECT %(ticket)s, %(inbox)s, %(ticket)s, %(base)s + 1, %(base)s + 1, 'open', 'nl', 'neutral', now(), now(), 1,
    '9999-01-01+00', now(), '', false, true, 0, false, '';
INSERT INTO tickets_message
    (conversation_id, ticket_id, inbox_id, external_id, parent_id, kind, profile_id, outgoing, private, text, language,
    url, reply_allowed, created_at, received_at, hidden, liked)
SELECT %(ticket)s, %(ticket)s, %(inbox)s, 'long' || g, '', 'direct_message',
    CASE WHEN g %% 2 = 0 THEN %(base)s + 1 END, g %% 2 = 1, true, 'bericht ' || g, 'nl', '', true,
    now() - g * interval '1 minute', now(), false, false
FROM generate_series(1, %(messages)s) AS g;
"""


def make(desk: RunningDesk, inbox: int, first: int, last: int) -> None:
    """Tickets number `first` to `last`, one message each, with their customers, clocks and timelines."""
    with psycopg.connect(desk.services["database_url"], autocommit=True) as connection:
        indexes = connection.execute(
            """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
            WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (
                SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)""",
            [list(TABLES)],
        ).fetchall()
        for name, _definition in indexes:
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        with connection.transaction(), psycopg.ClientCursor(connection) as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # keys are right by construction
            cursor.execute(_TICKETS, {"base": BASE, "first": first, "last": last, "inbox": inbox})
            if first == 1:
                cursor.execute(_LONG_THREAD, {"base": BASE, "ticket": LONG, "inbox": inbox, "messages": LONG_THREAD})
        for _name, definition in indexes:
            connection.execute(definition)
        for table in TABLES:
            connection.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))
