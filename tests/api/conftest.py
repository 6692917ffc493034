"""The API as an app sees it, at NOW."""

import pytest
import time_machine
from django.core.cache import cache

from tests.factories import NOW


@pytest.fixture(autouse=True)
def at_now():
    cache.clear()
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def get(client, db):
    """Return the answer to a GET of a path under /api/v1/."""

    def ask(path: str, query: dict | None = None, **headers):
        return client.get(f"/api/v1/{path}", query or {}, headers=headers)

    return ask
