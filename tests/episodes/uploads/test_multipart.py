"""Uploads that go straight to a bucket, against a server that speaks S3."""

import hashlib
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import TestCase

from episodes import object_storage, storing
from episodes.exceptions import StorageUnavailable, UploadRefused
from episodes.inspection import inspect
from episodes.models import AudioUpload, IncomingUpload, Job
from episodes.uploads import expiring, multipart
from tests.bucket import dead_address, storage_entry
from tests.factories import EpisodeFactory, UserFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
PART = 5 * 2**20
DATA = bytes(range(256)) * 4096 * 11 + b"end"


@pytest.fixture(autouse=True)
def _small_parts(bucket, monkeypatch):
    monkeypatch.setattr(object_storage, "PART_SIZE", PART)


@pytest.fixture
def incoming():
    return begin()


def begin(size=None, **changes):
    given = {"episode": EpisodeFactory.create(), "by": UserFactory.create(), **changes}
    return multipart.begin(
        original_name="Выпуск.mp3", size=len(DATA) if size is None else size, now=NOW, **given
    )


def send(incoming, *numbers):
    for number, address in multipart.sign(incoming, numbers, now=NOW).items():
        put(address, DATA[(number - 1) * PART : number * PART])


def put(address, data):
    kind = {"Content-Type": "application/octet-stream"}  # or the server takes it for a form
    request = urllib.request.Request(address, data=data, headers=kind, method="PUT")
    urllib.request.urlopen(request, timeout=20).close()


def test_a_file_in_parts_becomes_one_upload_with_a_job(incoming):
    send(incoming, 3, 1, 2)
    upload = multipart.complete(incoming, now=NOW)

    assert (upload.size, upload.original_name, upload.sha256) == (len(DATA), "Выпуск.mp3", "")
    assert object_storage.size_of(upload.path) == len(DATA)
    assert Job.objects.get(kind="inspect_upload").key == str(upload.pk)


def test_what_arrived_is_told_by_the_bucket_and_can_be_gone_on_with(incoming):
    send(incoming, 2)

    assert multipart.progress_of(incoming, now=NOW) == multipart.Progress([2], PART)
    with pytest.raises(UploadRefused, match=f"{PART} of {len(DATA)} bytes") as refusal:
        multipart.complete(incoming, now=NOW)
    assert refusal.value.code == "cut-off"
    send(incoming, 1, 3)
    multipart.complete(incoming, now=NOW)
    assert multipart.progress_of(incoming, now=NOW) == multipart.Progress([1, 2, 3], len(DATA))


def test_a_client_that_cuts_too_small_is_told_which_part(incoming):
    for number, address in multipart.sign(incoming, [1, 2], now=NOW).items():
        put(address, b"x" * (1000 if number == 1 else len(DATA) - 1000))

    with pytest.raises(UploadRefused, match="Part 1 is smaller") as refusal:
        multipart.complete(incoming, now=NOW)
    assert refusal.value.code == "bad-part"


def test_completing_again_is_harmless(incoming):
    send(incoming, 1, 2, 3)

    assert multipart.complete(incoming, now=NOW) == multipart.complete(incoming, now=NOW)
    assert AudioUpload.objects.count() == 1


@pytest.mark.parametrize("moment", ["parts", "complete"])
def test_of_two_who_finish_at_once_the_slower_is_told_the_same(incoming, monkeypatch, moment):
    send(incoming, 1, 2, 3)
    key, asked = expiring.key_of(incoming), getattr(object_storage, moment)
    arrived = object_storage.parts(key, incoming.multipart_id)
    complete = object_storage.complete

    def overtaken(*given):
        complete(key, incoming.multipart_id, arrived)
        return asked(*given)

    monkeypatch.setattr(object_storage, moment, overtaken)

    assert multipart.complete(incoming, now=NOW).size == len(DATA)


def test_a_process_that_died_after_the_bucket_was_done_loses_nothing(incoming):
    send(incoming, 1, 2, 3)
    key = expiring.key_of(incoming)
    object_storage.complete(
        key, incoming.multipart_id, object_storage.parts(key, incoming.multipart_id)
    )

    assert multipart.complete(incoming, now=NOW).size == len(DATA)


def test_an_upload_that_was_given_up_leaves_nothing(incoming):
    send(incoming, 1)

    expiring.terminate_parts(incoming)

    assert not IncomingUpload.objects.exists()
    assert object_storage.parts(expiring.key_of(incoming), incoming.multipart_id) == []


def put_together(incoming):
    """What a process leaves behind that dies before it acknowledges."""
    send(incoming, 1, 2, 3)
    key = expiring.key_of(incoming)
    arrived = object_storage.parts(key, incoming.multipart_id)
    assert object_storage.complete(key, incoming.multipart_id, arrived)
    return key


def test_an_object_that_was_never_acknowledged_goes_with_its_row(incoming):
    key = put_together(incoming)

    assert expiring.forget_expired(NOW + timedelta(hours=25)) == 1
    assert object_storage.size_of(key) is None
    assert not IncomingUpload.objects.exists()


def test_a_finished_upload_only_loses_its_row(incoming):
    send(incoming, 1, 2, 3)
    upload = multipart.complete(incoming, now=NOW)

    assert expiring.forget_expired(NOW + timedelta(hours=25)) == 1
    assert object_storage.size_of(upload.path) == len(DATA)
    assert not IncomingUpload.objects.exists()


def test_a_row_stays_until_the_bucket_has_let_go(incoming, settings):
    send(incoming, 1)
    alive = settings.STORAGES
    settings.STORAGES = {**alive, "default": storage_entry(dead_address())}
    with pytest.raises(StorageUnavailable):
        expiring.terminate_parts(incoming)
    assert expiring.forget_expired(NOW + timedelta(hours=25)) == 0
    assert IncomingUpload.objects.get() == incoming

    settings.STORAGES = alive
    assert expiring.forget_expired(NOW + timedelta(hours=25)) == 1
    assert object_storage.parts(expiring.key_of(incoming), incoming.multipart_id) == []


def failing(monkeypatch, fails):
    """Have the bucket fail for some; return a list of those that it was asked for."""
    abort, asked = object_storage.abort, []

    def asked_for(key, multipart_id):
        asked.append(key)
        if fails(key):
            raise StorageUnavailable
        abort(key, multipart_id)

    monkeypatch.setattr(object_storage, "abort", asked_for)
    return asked


def test_one_that_the_bucket_does_not_let_go_of_keeps_no_other(monkeypatch, caplog):
    stuck, *others = begin(), begin(), begin()
    failing(monkeypatch, lambda key: key == expiring.key_of(stuck))

    assert expiring.forget_expired(NOW + timedelta(hours=25)) == len(others)
    assert list(IncomingUpload.objects.all()) == [stuck]
    assert expiring.key_of(stuck) in caplog.text


def test_a_bucket_that_is_down_is_not_asked_for_each_of_many(monkeypatch):
    rows = [begin() for _ in range(5)]
    asked = failing(monkeypatch, lambda _key: True)

    assert expiring.forget_expired(NOW + timedelta(hours=25)) == 0
    assert len(asked) == 3
    assert IncomingUpload.objects.count() == len(rows)


def test_an_upload_that_is_asked_for_while_it_expires_is_spared(incoming, monkeypatch):
    send(incoming, 1)
    late = NOW + timedelta(hours=25)
    stale = IncomingUpload.objects.get()
    IncomingUpload.objects.update(expires_at=late + timedelta(hours=1))

    assert not expiring.terminate_parts(stale, expired_at=late)
    assert multipart.progress_of(incoming, now=NOW).arrived == [1]


@pytest.mark.django_db(transaction=True)
def test_who_completes_while_it_is_forgotten_is_told_that_it_is_gone(incoming, monkeypatch):
    key = put_together(incoming)
    abort = object_storage.abort
    with ThreadPoolExecutor(1) as thread:

        def complete():
            try:
                multipart.complete(incoming, now=NOW)
            finally:
                connection.close()

        def overlapping(*given):
            overlapping.other = thread.submit(complete)
            with pytest.raises(TimeoutError):
                overlapping.other.result(timeout=1)  # it waits for the row
            abort(*given)

        monkeypatch.setattr(object_storage, "abort", overlapping)
        expiring.terminate_parts(incoming)
        with pytest.raises(UploadRefused) as refusal:
            overlapping.other.result(timeout=20)

    assert refusal.value.code == "gone"
    assert object_storage.size_of(key) is None
    assert not AudioUpload.objects.exists()


def test_an_upload_expires_a_day_after_it_was_last_asked_for(incoming):
    later = NOW + timedelta(hours=20)
    multipart.sign(incoming, [1], now=later)

    assert expiring.forget_expired(NOW + timedelta(hours=25)) == 0
    assert expiring.forget_expired(later + timedelta(hours=25)) == 1
    with pytest.raises(UploadRefused) as refusal:
        multipart.sign(incoming, [1], now=NOW)
    assert refusal.value.code == "gone"


@pytest.mark.parametrize("numbers", [[0], [4], list(range(1, 102))])
def test_only_parts_of_the_file_are_signed(incoming, numbers):
    with pytest.raises(UploadRefused, match="numbered from 1 to 3"):
        multipart.sign(incoming, numbers, now=NOW)


@pytest.mark.parametrize(("size", "code"), [(0, "empty"), (3 * 2**40, "too-large")])
def test_a_file_in_vain_is_refused_before_it_is_sent(size, code):
    with pytest.raises(UploadRefused) as refusal:
        begin(size=size)

    assert refusal.value.code == code
    assert not IncomingUpload.objects.exists()


def test_the_sum_that_the_bucket_says_counts(incoming):
    send(incoming, 1, 2)
    send(incoming, 2)

    assert multipart.progress_of(incoming, now=NOW).offset == 2 * PART


def test_a_worker_gives_the_file_its_address_and_reads_it(bucket, incoming):
    sound = (Path(__file__).parents[2] / "data/audio/cbr-info-stereo.mp3").read_bytes()
    incoming = begin(size=len(sound))
    address = multipart.sign(incoming, [1], now=NOW)[1]
    put(address, sound)
    upload = multipart.complete(incoming, now=NOW)
    came_as = upload.path

    with TestCase.captureOnCommitCallbacks() as callbacks:
        assert inspect(upload.pk)
    for callback in callbacks:
        callback()

    upload.refresh_from_db()
    assert upload.state == upload.State.ACCEPTED
    assert upload.sha256 == hashlib.sha256(sound).hexdigest()
    assert upload.path == upload.audio.path == f"audio/{upload.sha256[:2]}/{upload.sha256}"
    assert object_storage.size_of(upload.path) == len(sound)
    assert object_storage.size_of(came_as) is None
    with storing.local_copy(upload.path) as copy:
        assert copy.read_bytes() == sound
    assert not copy.exists()


def test_a_file_sent_through_us_lands_in_the_bucket_too(bucket):
    stored = storing.store([b"so", b"und"], limit=100)

    assert object_storage.size_of(stored.path) == 5
    assert storing.store([b"sound"], limit=100) == stored
