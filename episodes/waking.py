"""Telling a worker that there is something to do, without ever depending on it.

The row in PostgreSQL is the work; the message only saves the seconds until the next sweep. So a
broker that is down, full or silent costs a log line and at most a second.
"""

import logging

from celery import Task, current_app
from django.db import transaction

logger = logging.getLogger(__name__)

_PATIENCE = {"socket_connect_timeout": 0.4, "socket_timeout": 0.4, "max_retries": 0}


def wake_on_commit(task: Task | str, *args: int | str) -> None:
    """Send `task`, or the one of this name, once the present transaction is committed.

    A name is for modules that work and therefore stand below `tasks`.
    """
    # A lambda, since Django names the callback in its log and a partial has no name.
    transaction.on_commit(lambda: wake(task, *args), robust=True)


def wake(task: Task | str, *args: int | str) -> None:
    name = task if isinstance(task, str) else task.name
    options = {**current_app.conf.broker_transport_options, **_PATIENCE}
    try:
        with current_app.connection_for_write(transport_options=options) as connection:
            current_app.send_task(name, args, connection=connection, retry=False)
    except Exception as error:  # noqa: BLE001 - each broker has its own tree; the sweep does the work
        logger.warning("No worker could be told of %s%s: %s", name, args, error)
