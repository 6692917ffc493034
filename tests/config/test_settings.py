"""Settings read from the environment stop a start that would go wrong, in words."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "BASE_URL": "https://podcasts.example.org",
    "SECRET_KEY": "k" * 50,
    "DATABASE_URL": "postgres://user:secret-password@db:5432/fortnight",
    "BROKER_URL": "redis://valkey:6379/0",
}
NOT_VARIABLES = {"DJANGO_SETTINGS_MODULE"}


def start(changes: dict[str, str | None] | None = None, code: str = "import config.settings"):
    """Import the settings in a process of its own, with this environment and no other."""
    environment = {"PATH": os.environ["PATH"], "FORTNIGHT_ENV_FILE": "/dev/null", **GOOD}
    for name, value in (changes or {}).items():
        if value is None:
            del environment[name]
        else:
            environment[name] = value
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_good_environment_starts():
    run = start()

    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY must be a random text of at least 32 characters"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be a random text"),
        ({"SECRET_KEY": "change-me-" + "x" * 40}, "SECRET_KEY must be a random text"),
        ({"DEBUG": "true"}, "DEBUG=true shows secrets to visitors"),
        ({"DEBUG": "maybe"}, "DEBUG='maybe' is neither true nor false. Write true or false."),
        ({"BEHIND_PROXY": "2"}, "BEHIND_PROXY='2' is neither true nor false"),
        ({"DATABASE_URL": None}, "DATABASE_URL is not set. Start Fortnight through manage.py"),
        ({"DATABASE_URL": "sqlite:///db.sqlite3"}, "Fortnight needs PostgreSQL"),
        ({"BROKER_URL": None}, "BROKER_URL is not set. Start Fortnight through manage.py"),
        ({"BROKER_URL": "amqp://rabbit/"}, "CACHE_URL must be set (redis://host:6379/1)"),
        (
            {"AUDIO_UPLOAD_MAX_MB": "0"},
            "AUDIO_UPLOAD_MAX_MB='0' must be a whole number of 1 or more",
        ),
        ({"AUDIO_UPLOAD_MAX_MB": "1.5"}, "AUDIO_UPLOAD_MAX_MB='1.5' must be a whole number"),
        ({"HSTS_SECONDS": "-1"}, "HSTS_SECONDS='-1' must be a whole number of 0 or more"),
        (
            {"BASE_URL": "podcasts.example.org"},
            "BASE_URL='podcasts.example.org' must be an address",
        ),
        ({"BASE_URL": "https://example.org/podcasts"}, "with nothing after the host"),
        ({"BASE_URL": "ftp://example.org"}, "must be an address such as https://"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS=* would answer to any name"),
        ({"SECRET_KEY": None, "SECRET_KEY_FILE": "/nowhere/key"}, "/nowhere/key"),
    ],
)
def test_a_bad_environment_stops_with_a_sentence(changes, sentence):
    run = start(changes)

    assert run.returncode != 0
    assert sentence in run.stderr.strip().splitlines()[-1]
    assert "secret-password" not in run.stderr


def test_a_secret_can_come_from_a_file(tmp_path):
    key = tmp_path / "key"
    key.write_text("f" * 60)

    run = start(
        {"SECRET_KEY": None, "SECRET_KEY_FILE": str(key)},
        "import config.settings as s; print(s.SECRET_KEY)",
    )

    assert run.stdout.strip() == "f" * 60


def test_production_is_locked_down():
    code = (
        "import config.settings as s, json; print(json.dumps({k: getattr(s, k) for k in ("
        "'DEBUG', 'ALLOWED_HOSTS', 'SESSION_COOKIE_SECURE', 'CSRF_COOKIE_SECURE',"
        "'SECURE_SSL_REDIRECT', 'SECURE_HSTS_SECONDS', 'SESSION_COOKIE_NAME')}))"
    )

    assert start(code=code).stdout.strip() == (
        '{"DEBUG": false, "ALLOWED_HOSTS": ["podcasts.example.org"], '
        '"SESSION_COOKIE_SECURE": true, "CSRF_COOKIE_SECURE": true, '
        '"SECURE_SSL_REDIRECT": true, "SECURE_HSTS_SECONDS": 31536000, '
        '"SESSION_COOKIE_NAME": "__Host-sessionid"}'
    )


def test_the_forwarded_scheme_is_believed_only_behind_a_proxy():
    code = "import config.settings as s; print(getattr(s, 'SECURE_PROXY_SSL_HEADER', None))"

    assert start(code=code).stdout.strip() == "None"
    assert "X_FORWARDED_PROTO" in start({"BEHIND_PROXY": "true"}, code).stdout


@pytest.mark.parametrize(
    ("broker", "cache"),
    [
        ("redis://valkey:6379/0", "redis://valkey:6379/1"),
        ("redis+socket:///run/v.sock?virtual_host=0", "unix:///run/v.sock?db=1"),
    ],
)
def test_the_cache_lies_beside_the_broker(broker, cache):
    code = "import config.settings as s; print(s.CACHES['default']['LOCATION'])"

    assert start({"BROKER_URL": broker}, code).stdout.strip() == cache


def test_files_lie_in_a_bucket_when_one_is_named():
    code = (
        "import config.settings as s; print(s.STORAGES['default']['OPTIONS']['endpoint_url'], "
        "s.S3_ORIGIN, s.CONTENT_SECURITY_POLICY['DIRECTIVES']['media-src'])"
    )
    bucket = {"S3_BUCKET": "podcasts", "S3_REGION": "eu-central-1"}
    own = {**bucket, "S3_ENDPOINT_URL": "http://minio:9000"}
    seen = {**own, "S3_BROWSER_ENDPOINT_URL": "https://files.example.org/x"}

    assert start(bucket, code).stdout.split() == [
        "None",
        "https://podcasts.s3.eu-central-1.amazonaws.com",
        *("[\"'self'\",", "'https://podcasts.s3.eu-central-1.amazonaws.com']"),
    ]
    assert start(own, code).stdout.split()[:2] == ["http://minio:9000", "http://minio:9000"]
    assert start(seen, code).stdout.split()[:2] == [
        "http://minio:9000",
        "https://files.example.org",
    ]


def variables_read() -> set[str]:
    """Return the names that settings and the web server ask the environment for."""
    readers = {"str", "db", "email_url", "read_bool", "read_int", "read_list"}
    readers |= {"read_origin", "read_directory"}
    names = set()
    for file in ("settings.py", "environment.py", "gunicorn.py"):
        for node in ast.walk(ast.parse((ROOT / "config" / file).read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in readers and isinstance(node.args[0], ast.Constant):
                names.add(node.args[0].value)
    return names - NOT_VARIABLES


def variables_explained() -> set[str]:
    text = (ROOT / ".env.example").read_text()
    return set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))


def test_the_example_explains_every_variable_and_no_other():
    of_compose = {"POSTGRES_PASSWORD"}

    assert variables_read() | of_compose == variables_explained()
    assert all(f"${{{name}:" in (ROOT / "compose.yaml").read_text() for name in of_compose)


def test_the_example_has_words_above_every_variable():
    blocks = (ROOT / ".env.example").read_text().split("\n\n")

    for block in blocks:
        lines = block.splitlines()
        if any(re.match(r"#?[A-Z][A-Z_]+=", line) for line in lines):
            assert re.match(r"# \w", lines[0]), block


def test_the_example_as_it_stands_does_not_start():
    run = start({**dict.fromkeys(GOOD), "FORTNIGHT_ENV_FILE": str(ROOT / ".env.example")})

    assert run.returncode != 0
    assert "SECRET_KEY must be a random text" in run.stderr
