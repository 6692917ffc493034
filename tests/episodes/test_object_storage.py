"""What the code says to a bucket, against a server that speaks S3."""

import hashlib
import os
import subprocess
import sys
import urllib.request
from functools import partial

import pytest

from episodes import object_storage
from episodes.beating import beat_while
from episodes.exceptions import StorageUnavailable
from episodes.jobs import LeaseLost
from tests.bucket import dead_address, refusing_bucket, storage_entry

KEY = "incoming/9f3c"


def put(address: str, data: bytes) -> None:
    kind = {"Content-Type": "application/octet-stream"}  # or the server takes it for a form
    request = urllib.request.Request(address, data=data, headers=kind, method="PUT")
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 200


def test_parts_are_put_to_signed_addresses_and_become_one_object(bucket, tmp_path):
    first, second = os.urandom(5 * 2**20), os.urandom(1000)
    upload = object_storage.begin(KEY)

    put(object_storage.sign_part(KEY, upload, 2), second)
    put(object_storage.sign_part(KEY, upload, 1), first)
    arrived = object_storage.parts(KEY, upload)
    assert object_storage.size_of(KEY) is None
    object_storage.complete(KEY, upload, arrived)

    assert [(part.number, part.size) for part in arrived] == [(1, len(first)), (2, 1000)]
    assert object_storage.size_of(KEY) == len(first) + 1000
    beats = []
    found = object_storage.fetch(KEY, tmp_path / "copy", beat=lambda: beats.append(1))
    assert found == (hashlib.sha256(first + second).hexdigest(), len(first) + 1000)
    assert (tmp_path / "copy").read_bytes() == first + second
    assert beats


def test_more_than_a_page_of_parts_is_listed(bucket):
    upload = object_storage.begin(KEY)
    for number in range(1, 4):
        put(object_storage.sign_part(KEY, upload, number), b"x" * number)

    assert [part.size for part in object_storage.parts(KEY, upload)] == [1, 2, 3]


def test_an_aborted_upload_has_no_parts_and_can_be_aborted_again(bucket):
    upload = object_storage.begin(KEY)
    put(object_storage.sign_part(KEY, upload, 1), b"x")

    object_storage.abort(KEY, upload)
    object_storage.abort(KEY, upload)

    assert object_storage.parts(KEY, upload) == []
    assert object_storage.size_of(KEY) is None


def test_objects_are_put_copied_read_in_ranges_and_deleted(bucket, tmp_path):
    data = os.urandom(3 * 2**20)
    (tmp_path / "part").write_bytes(data)

    object_storage.put(tmp_path / "part", "audio/ab/abcd")
    object_storage.copy("audio/ab/abcd", "audio/cd/cdef")
    object_storage.delete("audio/ab/abcd")

    assert object_storage.size_of("audio/ab/abcd") is None
    assert b"".join(object_storage.read("audio/cd/cdef", 10, 2**21)) == data[10 : 10 + 2**21]


def test_a_listener_gets_an_address_that_says_type_and_name(bucket, tmp_path):
    (tmp_path / "part").write_bytes(b"sound")
    object_storage.put(tmp_path / "part", "audio/ab/abcd")
    address = object_storage.address(
        "audio/ab/abcd", mime_type="audio/mpeg", file_name="Выпуск 12.mp3"
    )

    with urllib.request.urlopen(address) as answer:
        assert answer.read() == b"sound"
    assert "response-content-type=audio%2Fmpeg" in address
    assert "X-Amz-Expires=3600" in address
    assert "%25D0%2592" in address


def test_an_address_for_browsers_names_the_host_that_they_see(bucket, settings):
    settings.S3_BROWSER_ENDPOINT_URL = "https://files.example.org"

    assert object_storage.sign_part(KEY, "u", 1).startswith("https://files.example.org/podcasts/")


@pytest.mark.parametrize("bucket_name", ["", "podcasts"])
def test_a_bucket_is_used_when_it_is_named(settings, bucket_name):
    settings.S3_BUCKET = bucket_name

    assert object_storage.is_used() is bool(bucket_name)


def test_a_slow_bucket_lets_the_worker_give_signs_of_life(bucket, tmp_path, monkeypatch):
    monkeypatch.setattr(object_storage, "beat_while", partial(beat_while, every=0.0))
    (tmp_path / "part").write_bytes(os.urandom(2**20))
    beats = []

    object_storage.put(tmp_path / "part", KEY, beat=lambda: beats.append("put"))
    object_storage.copy(KEY, "audio/ab/abc", beat=lambda: beats.append("copy"))

    assert {"put", "copy"} == set(beats)
    assert object_storage.size_of("audio/ab/abc") == 2**20


def test_a_lost_lease_is_told_when_the_bucket_is_done(bucket, tmp_path, monkeypatch):
    monkeypatch.setattr(object_storage, "beat_while", partial(beat_while, every=0.0))
    (tmp_path / "part").write_bytes(b"sound")

    def lose():
        raise LeaseLost("gone")

    with pytest.raises(LeaseLost):
        object_storage.put(tmp_path / "part", KEY, beat=lose)
    assert object_storage.size_of(KEY) == 5


def everything_asked_of_a_bucket(tmp_path):
    part = tmp_path / "part"
    part.write_bytes(b"sound")
    return [
        lambda: object_storage.begin(KEY),
        lambda: object_storage.parts(KEY, "u"),
        lambda: object_storage.complete(KEY, "u", [object_storage.Part(1, 5, "e")]),
        lambda: object_storage.abort(KEY, "u"),
        lambda: object_storage.size_of(KEY),
        lambda: object_storage.fetch(KEY, tmp_path / "copy"),
        lambda: object_storage.put(part, KEY),
        lambda: object_storage.copy(KEY, "audio/ab/abcd"),
        lambda: object_storage.delete(KEY),
        lambda: list(object_storage.read(KEY, 0, 5)),
    ]


def use(settings, address):
    settings.S3_BUCKET = "podcasts"
    settings.STORAGES = {**settings.STORAGES, "default": storage_entry(address)}


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (503, "SlowDown"),
        (403, "AccessDenied"),
        (403, "InvalidAccessKeyId"),
    ],
)
def test_a_bucket_that_says_no_to_everything_is_unavailable(settings, tmp_path, status, code):
    with refusing_bucket(status, code) as address:
        use(settings, address)
        for asked in everything_asked_of_a_bucket(tmp_path):
            with pytest.raises(StorageUnavailable, match="Nothing that was stored is lost"):
                asked()


def test_a_bucket_that_nobody_made_is_unavailable_and_not_an_empty_one(settings):
    with refusing_bucket(404, "NoSuchBucket") as address:
        use(settings, address)
        with pytest.raises(StorageUnavailable):
            object_storage.parts(KEY, "u")
        with pytest.raises(StorageUnavailable):
            object_storage.abort(KEY, "u")


def test_a_bucket_that_nobody_reaches_is_unavailable(settings, tmp_path):
    use(settings, dead_address())
    for asked in everything_asked_of_a_bucket(tmp_path)[:3]:
        with pytest.raises(StorageUnavailable):
            asked()


def test_without_keys_no_address_is_signed(settings, monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    use(settings, dead_address())
    settings.STORAGES["default"]["OPTIONS"] |= {"access_key": None, "secret_key": None}

    with pytest.raises(StorageUnavailable):
        object_storage.sign_part(KEY, "u", 1)
    with pytest.raises(StorageUnavailable):
        object_storage.address(KEY, mime_type="audio/mpeg", file_name="a.mp3")


def test_what_is_not_in_the_bucket_is_not_found(bucket, tmp_path):
    with pytest.raises(FileNotFoundError, match=KEY):
        object_storage.fetch(KEY, tmp_path / "copy")
    with pytest.raises(FileNotFoundError, match=KEY):
        object_storage.copy(KEY, "audio/ab/abcd")
    object_storage.delete(KEY)


def test_a_silent_bucket_keeps_nobody_waiting_for_minutes(bucket):
    def patience(client):
        config = client.meta.config
        attempts = config.retries["total_max_attempts"]
        return attempts * (config.connect_timeout + config.read_timeout)

    assert patience(object_storage.default_storage.client) <= 60
    assert patience(object_storage.default_storage.patient_client) >= 600


def test_an_installation_without_a_bucket_needs_no_library_for_it():
    code = (
        "import sys\n"
        "sys.modules.update(dict.fromkeys(('boto3', 'botocore', 'storages')))\n"
        "import django; django.setup()\n"
        "from episodes import object_storage; print(object_storage.is_used())"
    )
    given = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "S3_BUCKET": ""}
    asked = [sys.executable, "-c", code]
    found = subprocess.run(
        asked, check=False, capture_output=True, text=True, env=given, timeout=60
    )

    assert found.stdout.strip() == "False", found.stderr
