"""Services of the tests' own before Django reads its settings: never the database of a desk that runs beside them."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from cryptography.fernet import Fernet
from django.db import transaction
from hypothesis import settings as properties

from desk.operations.embedded import DATABASE
from tests.services import Services

SETTINGS = "desk.settings"
pytest_plugins = ["tests.running.fixtures", "tests.faults.table"]
properties.register_profile("explore", properties.default, deadline=None)  # a busy machine fails no property
properties.register_profile("desk", properties.get_profile("explore"), derandomize=True)  # CI tells of a change
properties.load_profile("desk")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Runs before pytest-django looks for settings. Under xdist the controller starts the services for all workers."""
    if not hasattr(config, "workerinput"):
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # stopping tidily, as on Ctrl-C
        _forget_the_machine()
        _give_services(config)
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    django.setup()  # before pytest-django looks: it leaves a Django alone that nobody has loaded
    _be_quick()


def pytest_collection_finish() -> None:
    """Thousands of collected tests stay until the end: looking for garbage among them each time costs minutes."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give a worker of xdist a Redis database of its own, before anything in it has read the settings."""
    server, number = os.environ["REDIS_URL"].rpartition("/")[0], int(node.gateway.id.removeprefix("gw")) + 1
    node.gateway.remote_exec(f"import os; os.environ['REDIS_URL'] = '{server}/{number}'").waitclose()


def _forget_the_machine() -> None:
    """What is set for a desk on this machine must not steer the tests."""
    for name in list(os.environ):
        if name in {"DATABASE_URL", "REDIS_URL", "PORT"} or (
            name.startswith("DESK_") and not name.startswith("DESK_TEST_")
        ):
            del os.environ[name]


def _give_services(config: pytest.Config) -> None:
    folder = tempfile.TemporaryDirectory(prefix="balie-tests-data-")
    config.add_cleanup(folder.cleanup)
    (Path(folder.name) / "static").mkdir()
    database_url = os.environ.get("DESK_TEST_DATABASE_URL", "")
    redis_url = os.environ.get("DESK_TEST_REDIS_URL", "")
    if not (database_url and redis_url):
        services = Services()
        config.add_cleanup(services.stop)
        services.start()
        database_url = database_url or services.database_url
        redis_url = redis_url or services.redis_url
    os.environ.update(
        DATABASE_URL=database_url,
        REDIS_URL=redis_url,
        DESK_DATA=folder.name,
        DESK_SECRET_KEY="a key that signs nothing but tests",
        DESK_CREDENTIAL_KEYS=Fernet.generate_key().decode(),
        DESK_ALLOW_PRIVATE_NETWORKS="1",
    )


def _be_quick() -> None:
    """A database is a copy of the one that has every migration already; what is committed is taken out by itself."""
    from django.db import connection

    from tests.emptying import empty_quickly

    if not os.environ.get("DESK_TEST_DATABASE_URL"):
        connection.settings_dict["TEST"].update(TEMPLATE=DATABASE, MIGRATE=False)
    empty_quickly()


@pytest.fixture(scope="module")
def rows_that_stay(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What a fixture of a whole file writes is there for each of its tests; what a test writes goes with the test.

    For what takes longer to make than to try. Not in a file whose tests commit.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def project() -> Path:
    """The folder of the checkout."""
    return Path(__file__).resolve().parent.parent
