"""Fixtures for every package's tests."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from config.embedded.children import Nursery
from tests.bucket import NAME, running_bucket, storage_entry
from tests.processes import CeleryWorker, OwnBroker, empty_broker, own_broker


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Starts processes that cannot outlive the test run."""
    with Nursery() as found:
        yield found


@pytest.fixture(scope="session")
def kept_worker(
    nursery: Nursery, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CeleryWorker]:
    """The worker behind `celery_worker`, kept between tests; ended before its database is."""
    worker = CeleryWorker(
        nursery,
        log=tmp_path_factory.mktemp("celery") / "worker.log",
        name=f"test@{os.environ.get('PYTEST_XDIST_WORKER', 'main')}",
        database=connection.settings_dict["NAME"],
    )
    yield worker
    worker.kill()


@pytest.fixture
def celery_worker(transactional_db: None, kept_worker: CeleryWorker) -> CeleryWorker:
    """A real Celery worker on this test's database that answers. Kill it if you like.

    The test sees what the worker commits and the other way round; nothing is rolled back, the
    tables are emptied after. Files lie under settings.MEDIA_ROOT, which both share.
    """
    empty_broker(kept_worker.broker_url)
    if not kept_worker.running:
        kept_worker.start()
    kept_worker.wait_until_ready()
    return kept_worker


@pytest.fixture
def broker_of_its_own(nursery: Nursery, tmp_path: Path) -> Iterator[OwnBroker]:
    """A Valkey that the test may stop, kill and start again; Celery here sends to it meanwhile."""
    with own_broker(nursery, tmp_path) as broker:
        yield broker


@pytest.fixture
def worker_of_its_own(
    transactional_db: None, nursery: Nursery, broker_of_its_own: OwnBroker, tmp_path: Path
) -> Iterator[CeleryWorker]:
    """A Celery worker on `broker_of_its_own`."""
    worker = CeleryWorker(
        nursery,
        log=tmp_path / "worker.log",
        name=f"own@{os.environ.get('PYTEST_XDIST_WORKER', 'main')}",
        database=connection.settings_dict["NAME"],
        broker_url=broker_of_its_own.url,
    )
    worker.start()
    worker.wait_until_ready()
    yield worker
    worker.kill()


@pytest.fixture
def bucket(settings: Any, tmp_path: Path) -> Iterator[str]:
    """Files lie in a bucket for this test; the address of its server."""
    with running_bucket() as address:
        settings.S3_BUCKET, settings.S3_ENDPOINT_URL = NAME, address
        settings.MEDIA_ROOT = tmp_path / "at-work"
        settings.STORAGES = {**settings.STORAGES, "default": storage_entry(address)}
        yield address
