"""What a test has committed is gone after it: rows of the tables that it wrote to, and what a migration leaves is back.

Django truncates every table, and then asks each app for its content types and permissions once more: a second for each
test, for what nearly none of them has touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.core.management.sql import emit_post_migrate_signal
from django.db import connections, transaction
from django.db.models.signals import post_migrate
from django.test import TransactionTestCase

PERMISSIONS = "django.contrib.auth.management.create_permissions"

# As a replica PostgreSQL looks at no foreign key and runs no trigger, as it does not while it truncates. A large table
# is truncated all the same: what is deleted from it would be read over until the next vacuum.
_EMPTY = """
DO $$
DECLARE
    name regclass;
    filled boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN
        SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', name) INTO filled;
        IF filled AND pg_relation_size(name) > 4000000 THEN
            EXECUTE format('TRUNCATE %s CASCADE', name);
        ELSIF filled THEN
            EXECUTE format('DELETE FROM %s', name);
        END IF;
    END LOOP;
END $$
"""


def empty_quickly() -> None:
    """From now on, for every test that may commit."""
    TransactionTestCase._fixture_teardown = _empty  # type: ignore[attr-defined]  # no stub for what is Django's own


def _empty(case: Any) -> None:
    for name in case._databases_names(include_mirrors=False):
        with transaction.atomic(using=name), connections[name].cursor() as cursor:
            cursor.execute(_EMPTY)
        with _kept_what_was_kept():
            emit_post_migrate_signal(verbosity=0, interactive=False, db=name)


@contextmanager
def _kept_what_was_kept() -> Iterator[None]:
    """Nobody makes content types and permissions that are there already."""
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid=PERMISSIONS)
    try:
        yield
    finally:
        post_migrate.connect(create_permissions, dispatch_uid=PERMISSIONS)
        post_migrate.connect(create_contenttypes)
