import os
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.test import override_settings
from django.utils import timezone

from config import health
from config.health import LATE, PATIENCE
from episodes.models import Job
from tests.processes import OwnBroker

BROKER_DOWN = "The broker refuses connections. Uploads wait until it is back."


def part(client, name: str) -> dict:
    return client.get("/readyz").json()["parts"][name]


def test_the_process_answers_without_asking_the_database(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db(transaction=True)
def test_everything_is_ready(client):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "parts": {
            "database": {"ok": True, "message": "answers"},
            "broker": {"ok": True, "message": "answers"},
            "storage": {"ok": True, "message": "writable"},
            "work": {"ok": True, "message": "oldest due for 0 s"},
        },
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@override_settings(SECURE_SSL_REDIRECT=True)
def test_probes_need_no_cookie_no_host_and_no_https_and_leave_no_line(client, caplog, path):
    answer = client.get(path, headers={"host": "10.0.0.7:8000"})

    assert answer.status_code == 200
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"
    assert caplog.text == ""


@pytest.mark.django_db(transaction=True)
def test_work_that_lies_about_is_told(client):
    now = timezone.now()
    late = Job.objects.create(kind="k", key="late", not_before=now - timedelta(seconds=LATE + 5))
    Job.objects.create(kind="k", key="done", not_before=now - timedelta(days=1), done_at=now)
    Job.objects.create(kind="k", key="dead", not_before=now - timedelta(days=1), dead=True)
    Job.objects.create(
        kind="k", key="held", not_before=now - timedelta(days=1),
        lease_until=now + timedelta(minutes=1),
    )  # fmt: skip

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["status"] == "not ready"
    assert answer.json()["parts"]["work"]["message"] in {
        f"Work has been due for {LATE + extra} s. Are the workers running?" for extra in range(5, 9)
    }
    late.delete()
    assert part(client, "work")["ok"]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_refuses_is_told(client, settings):
    settings.BROKER_URL = "redis://:secret@127.0.0.1:1/0"

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["parts"]["broker"] == {"ok": False, "message": BROKER_DOWN}
    assert answer.json()["parts"]["database"]["ok"]
    assert b"secret" not in answer.content


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_broker_that_hangs_holds_nobody_up(client, settings, broker_of_its_own: OwnBroker):
    settings.BROKER_URL = broker_of_its_own.url
    os.kill(broker_of_its_own.child.pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        answer = client.get("/readyz")
        took = time.monotonic() - started
    finally:
        os.kill(broker_of_its_own.child.pid, signal.SIGCONT)

    assert answer.status_code == 503
    assert not answer.json()["parts"]["broker"]["ok"]
    # No claim on speed: without the bound this hangs for ever.
    assert took < PATIENCE + 20


@pytest.mark.django_db(transaction=True)
def test_storage_that_cannot_be_written_is_told(client, settings, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    settings.MEDIA_ROOT = tmp_path / "file" / "media"

    assert part(client, "storage") == {
        "ok": False,
        "message": "Files cannot be written: Not a directory.",
    }


@pytest.mark.django_db(transaction=True)
def test_a_probe_leaves_no_file(client, settings):
    client.get("/readyz")

    assert not list(Path(settings.MEDIA_ROOT).glob(".readyz-*"))


def test_a_database_that_is_away_is_told(client, monkeypatch):
    class Away:
        def cursor(self):
            raise DatabaseError("connection to 10.0.0.9 refused")

        def close(self):
            pass

    monkeypatch.setattr(health, "connection", Away())

    with pytest.raises(health.Unready, match="refuses connections or queries") as caught:
        health.check_database()

    assert "10.0.0.9" not in str(caught.value)
