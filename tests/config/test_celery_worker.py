"""The fixtures that other tests rely on do start, kill and restart real processes."""

import pytest
from celery import current_app

from tests.processes import CeleryWorker, OwnBroker, alive, descendants, wait_for

pytestmark = pytest.mark.processes


def test_a_killed_worker_leaves_no_process_and_the_next_test_gets_a_new_one(
    celery_worker: CeleryWorker,
):
    assert celery_worker.child is not None
    family = [celery_worker.child.pid, *descendants(celery_worker.child.pid)]
    assert len(family) > 1

    celery_worker.kill()

    assert not celery_worker.running
    wait_for(lambda: not any(alive(pid) for pid in family), what="the worker's children to die")


def test_a_worker_outlives_its_broker_and_answers_again(
    worker_of_its_own: CeleryWorker, broker_of_its_own: OwnBroker
):
    broker_of_its_own.stop()
    with pytest.raises(current_app.connection().transport.connection_errors):
        current_app.control.ping(timeout=0.2)

    broker_of_its_own.start()

    worker_of_its_own.wait_until_ready()
