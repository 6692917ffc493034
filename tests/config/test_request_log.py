import io
import json
import logging
import logging.config
import re

import pytest
import structlog
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from config.logs import logging_config
from config.request_log import loggable_path
from episodes.tasks import drain
from tests.processes import CeleryWorker, wait_for


@pytest.fixture
def lines():
    """Return the log of a test as production writes it: parsed lines."""
    stream = io.StringIO()
    config = logging_config(level="INFO", readable=False)
    config["handlers"]["stderr"]["stream"] = stream
    before = logging.root.handlers[:]
    logging.config.dictConfig(config)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.root.handlers = before


def test_every_line_is_one_json_object_with_the_request_id(client, db, lines):
    client.get("/api/v1/nothing", headers={"x-request-id": "app-7"})

    (line,) = lines()
    assert line["request_id"] == "app-7"
    assert line["event"] == "request_finished"
    assert line["code"] == 404
    assert line["request"] == "GET /api/v1/nothing"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line["timestamp"])
    assert "ip" not in line


def break_with_a_secret():
    password = "hunter2"
    int(password[:0])


def test_a_traceback_stays_in_its_line_and_tells_no_values(lines):
    try:
        break_with_a_secret()
    except ValueError:
        logging.getLogger("episodes").exception("reading_failed\nbadly")

    (line,) = lines()
    assert line["event"] == "reading_failed\nbadly"
    assert line["exception"][0]["exc_type"] == "ValueError"
    assert [frame["name"] for frame in line["exception"][0]["frames"]][-1] == "break_with_a_secret"
    assert "hunter2" not in json.dumps(line)


def test_a_traceback_for_people_tells_no_values_either():
    stream = io.StringIO()
    config = logging_config(level="INFO", readable=True)
    config["handlers"]["stderr"]["stream"] = stream
    before = logging.root.handlers[:]
    logging.config.dictConfig(config)
    try:
        break_with_a_secret()
    except ValueError:
        logging.getLogger("episodes").exception("reading_failed")
    finally:
        logging.root.handlers = before

    assert "break_with_a_secret" in stream.getvalue()
    assert "'hunter2'" not in stream.getvalue()


def test_a_host_name_that_is_not_ours_leaves_no_traceback(client, lines):
    assert client.get("/", headers={"host": "scanner.example"}).status_code == 400

    assert not any("exception" in line for line in lines())


@pytest.mark.parametrize("offered", ["", "a b", "x" * 65, "a\nb", "{}", "é"])
def test_a_strange_request_id_is_replaced(client, db, offered):
    answer = client.get("/api/v1/nothing", headers={"x-request-id": offered})

    assert re.fullmatch(r"[0-9a-f-]{36}", answer["X-Request-ID"])


def test_every_door_names_its_request(client, db):
    for path in ("/healthz-not", "/api/v1/shows", "/accounts/login/", "/feeds/none.xml"):
        assert client.get(path, headers={"x-request-id": "id-1"})["X-Request-ID"] == "id-1", path


@pytest.mark.processes
def test_the_request_id_follows_into_the_worker(celery_worker: CeleryWorker):
    with structlog.contextvars.bound_contextvars(request_id="follow-me-42"):
        drain.delay()

    wait_for(lambda: "follow-me-42" in celery_worker.log_text(), what="the worker to log the id")


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/api/v1/episodes?q=name&limit=3", "/api/v1/episodes?q=…&limit=…"),
        ("/accounts/password/reset/key/1-cx8k-3a5b/", "/accounts/password/reset/key/…"),
        ("/admin/setup/4f9xQ0-Ab/", "/admin/setup/…"),
        ("/private/hT3kPq8ZxLw2Rv7NsYd5/feed.xml", "/private/…/feed.xml"),
        ("/?token=abc", "/?token=…"),
        (
            "/audio/0d1c7a9e-52f0-4a3c-9d58-3b1f6f6b2a11/spotlight-on-the-border-2025.mp3",
            "/audio/0d1c7a9e-52f0-4a3c-9d58-3b1f6f6b2a11/spotlight-on-the-border-2025.mp3",
        ),
    ],
)
def test_what_may_be_secret_is_blotted_out(path, logged):
    assert loggable_path(path) == logged


@given(st.text(st.sampled_from("abcXYZ019-_"), min_size=1))
def test_no_query_value_is_ever_logged(value):
    secret = f"S3cret{value}"

    assert secret not in loggable_path(f"/any/path?key={secret}&{value}={secret}")


def test_a_token_is_never_logged(client, db, lines):
    client.get("/api/v1/shows", headers={"authorization": "Bearer tok3n-Of-Somebody"})

    assert "tok3n" not in json.dumps(lines())


SECRETS = [
    "/admin/setup/eyJ1bnRpbCI6MX0:hunter2:hunter2/",
    "/accounts/password/reset/key/1-hunter2/",
    "/accounts/confirm-email/hunter2:x/",
]


@pytest.mark.parametrize("address", SECRETS)
def test_no_line_of_anybody_names_an_address_that_lets_people_in(db, lines, capfd, address):
    """Neither ours, nor Django's for 404 and CSRF, nor those that Python writes by itself."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    for method in (client.get, client.post):
        method(address)
    logging.getLogger("somewhere").error("Broke at %s", address)
    try:
        int(address)
    except ValueError:
        logging.getLogger("somewhere").exception("broke")

    told = json.dumps(lines(), ensure_ascii=False)
    assert "invalid literal" in told
    assert "hunter2" not in told
    assert "hunter2" not in capfd.readouterr().err


def test_what_is_said_once_is_not_said_raw_as_well(client, db, lines, capfd):
    capfd.readouterr()
    client.get("/nothing/of/ours/")
    client.get("/", headers={"host": "scanner.example"})

    assert "nothing/of/ours" not in capfd.readouterr().err


def test_the_ticks_of_the_clock_are_not_logged_but_what_somebody_asked_for_is(lines):
    log = structlog.get_logger("django_structlog.celery.receivers")

    log.info("task_started", task="episodes.drain")
    with structlog.contextvars.bound_contextvars(request_id="of-an-upload"):
        log.info("task_started", task="episodes.inspect_upload")
    log.error("task_failed", task="episodes.drain")

    assert [(line["event"], line["task"]) for line in lines()] == [
        ("task_started", "episodes.inspect_upload"),
        ("task_failed", "episodes.drain"),
    ]
