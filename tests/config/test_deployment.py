"""What the container files promise, as far as it can be read without a container engine."""

import re
from pathlib import Path

import yaml

from config import gunicorn

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]


def test_every_image_is_pinned_by_version():
    images = [
        *re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE),
        *(SERVICES[name]["image"] for name in ("db", "valkey")),
    ]

    assert len(images) == 4
    for image in images:
        assert re.search(r":\d+\.\d+(\.\d+)?(-|$)", image), image


def test_the_image_installs_by_hash_and_runs_as_nobody_in_particular():
    assert "--require-hashes --only-binary=:all: -r /tmp/s3.txt" in DOCKERFILE
    last_stage = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001$", last_stage, re.MULTILINE)
    assert "/healthz" in last_stage


def test_every_service_is_watched_and_has_time_to_stop():
    for name, service in SERVICES.items():
        own = service.get("healthcheck")
        assert own is not None or name == "web", name
        assert service["stop_grace_period"] in {"30s", "60s"}, name
    assert SERVICES["worker"]["stop_grace_period"] == "60s"
    assert gunicorn.graceful_timeout < 60


def test_nothing_starts_before_the_database_is_up_to_date():
    for name in ("web", "worker", "beat"):
        wanted = SERVICES[name]["depends_on"]
        assert wanted["prepare"]["condition"] == "service_completed_successfully"
        assert wanted["db"]["condition"] == wanted["valkey"]["condition"] == "service_healthy"


def test_the_broker_loses_nothing_and_the_database_orders_as_the_embedded_one():
    valkey = " ".join(SERVICES["valkey"]["command"])
    assert "--appendonly yes" in valkey
    assert "--maxmemory-policy noeviction" in valkey
    arguments = SERVICES["db"]["environment"]["POSTGRES_INITDB_ARGS"]
    assert "--locale-provider=builtin --builtin-locale=C.UTF-8" in arguments


def test_only_the_proxy_on_this_machine_reaches_the_web_server():
    assert SERVICES["web"]["ports"] == ["127.0.0.1:8000:8000"]
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]


def test_all_threads_together_leave_room_in_the_database():
    assert gunicorn.workers * gunicorn.threads <= 80  # PostgreSQL allows 100


def test_the_worker_reads_every_queue_that_tasks_are_sent_to(settings):
    used = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    used.add(settings.CELERY_TASK_DEFAULT_QUEUE)

    assert "--queues publish,media,bulk" in SERVICES["worker"]["command"]
    assert used <= {"publish", "media", "bulk"}


def test_make_help_tells_every_target():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    told = set(re.findall(r"^([a-z][a-z-]*):.*## \w", makefile, re.MULTILINE))

    assert targets == told
    assert targets == set(
        re.search(r"\.PHONY:((?:.*\\\n)*.*)", makefile)[1].replace("\\", "").split()
    )


def test_ci_runs_the_checks_and_then_the_readmes_test_command():
    lines = (ROOT / ".ci" / "run").read_text().split()

    assert " ".join(lines).endswith("make check python3 manage.py test")
