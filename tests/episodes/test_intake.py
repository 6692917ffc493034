"""Taking uploads in: kept once acknowledged, stored once, named by us."""

import hashlib
import io
import logging
import os
import socket
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from celery import current_app
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from episodes import storing
from episodes.exceptions import UploadRefused
from episodes.intake import receive, retry
from episodes.models import AudioUpload, Episode, Job
from tests.episodes.audio import corpus
from tests.factories import NOW, EpisodeFactory, UserFactory
from tests.processes import _point_celery_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def episode(media: Path) -> Episode:
    return EpisodeFactory.create()


def files_below(path: Path) -> list[str]:
    return sorted(str(each.relative_to(path)) for each in path.rglob("*") if each.is_file())


def send(episode: Episode, data: bytes, name: str = "episode.mp3") -> AudioUpload:
    return receive(io.BytesIO(data), episode=episode, by=None, original_name=name, now=NOW)


def test_an_upload_lies_under_its_hash_with_a_job_beside_it(episode: Episode, media: Path):
    data = corpus.bare_mp3()
    editor = UserFactory.create()

    upload = receive(
        io.BytesIO(data), episode=episode, by=editor, original_name="Выпуск 12.mp3", now=NOW
    )

    digest = hashlib.sha256(data).hexdigest()
    assert files_below(media) == [f"audio/{digest[:2]}/{digest}"]
    assert (media / upload.path).read_bytes() == data
    assert (upload.sha256, upload.size, upload.by) == (digest, len(data), editor)
    assert (upload.original_name, upload.state) == ("Выпуск 12.mp3", "received")
    assert list(Job.objects.values_list("kind", "key")) == [("inspect_upload", str(upload.pk))]


def test_what_a_form_sends_is_taken_too(episode: Episode, media: Path, settings, tmp_path: Path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    data = corpus.bare_mp3()
    small = SimpleUploadedFile("a.mp3", data)
    large = TemporaryUploadedFile("b.mp3", "audio/mpeg", len(data), None)
    large.write(data)
    large.seek(0)

    with small, large:
        uploads = [
            receive(file, episode=episode, by=None, original_name=file.name, now=NOW)
            for file in (small, large)
        ]

    assert {upload.size for upload in uploads} == {len(data)}
    assert len(files_below(media)) == 1


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "a\r\nSet-Cookie: x", "\u202egpj.exe", "x" * 300 + ".mp3", "\0", ""],
)
def test_a_hostile_name_is_only_a_label(name: str, episode: Episode, media: Path):
    upload = send(episode, corpus.bare_mp3(), name)

    assert upload.original_name
    assert len(upload.original_name) <= 255
    assert not set(upload.original_name) & set("\r\n\0\u202e")
    assert files_below(media) == [upload.path]


def test_the_same_bytes_are_stored_once(episode: Episode, media: Path):
    first = send(episode, corpus.bare_mp3())
    inode = (media / first.path).stat().st_ino
    second = send(EpisodeFactory.create(), corpus.bare_mp3())

    assert first.path == second.path
    assert (media / first.path).stat().st_ino == inode
    assert len(files_below(media)) == 1


def test_an_empty_file_is_answered_at_once(episode: Episode, media: Path):
    with pytest.raises(UploadRefused, match="The file is empty") as refused:
        send(episode, b"")

    assert refused.value.code == "empty"
    assert (AudioUpload.objects.count(), files_below(media)) == (0, [])


@pytest.mark.parametrize("form", [True, False])
def test_a_file_over_the_limit_is_refused_with_the_limit(
    form: bool, episode: Episode, media: Path, settings
):
    settings.AUDIO_UPLOAD_MAX_BYTES = 2 * 2**20
    data = bytes(2 * 2**20 + 1)
    file = SimpleUploadedFile("a.mp3", data) if form else io.BytesIO(data)

    with pytest.raises(UploadRefused, match="larger than 2 MB"):
        receive(file, episode=episode, by=None, original_name="a.mp3", now=NOW)

    assert (AudioUpload.objects.count(), files_below(media)) == (0, [])


def test_a_connection_that_breaks_leaves_nothing_behind(episode: Episode, media: Path):
    class Broken(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            if self.tell():
                raise ConnectionResetError
            return super().read(1000)

    with pytest.raises(ConnectionResetError):
        receive(Broken(corpus.bare_mp3()), episode=episode, by=None, original_name="a.mp3", now=NOW)

    assert (AudioUpload.objects.count(), files_below(media)) == (0, [])


def test_parts_that_a_dead_process_left_are_swept_after_a_day(episode: Episode, media: Path):
    incoming = media / "incoming"
    incoming.mkdir(parents=True)
    for name, age in (("old.part", timedelta(hours=25)), ("young.part", timedelta(hours=23))):
        (incoming / name).write_bytes(b"x")
        moment = (NOW - age).timestamp()
        os.utime(incoming / name, (moment, moment))

    send(episode, corpus.bare_mp3())

    assert [path.name for path in incoming.iterdir()] == ["young.part"]


def test_no_stored_path_leads_outside_the_media_directory(media: Path):
    for path in ("../secret", "/etc/passwd", "audio/../../x"):
        with pytest.raises(ValueError, match="outside"):
            storing.full_path(path)


def test_the_episode_keeps_its_audio_while_a_new_file_waits(episode: Episode, media: Path):
    send(episode, corpus.bare_mp3())

    episode.refresh_from_db()
    assert episode.audio is None
    assert episode.audio_files.count() == 0


@pytest.fixture
def silent_broker():
    """A port that takes connections and never answers, as a hung broker does."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        usual = current_app.conf.broker_url
        _point_celery_at(f"redis://127.0.0.1:{listener.getsockname()[1]}/0")
        yield
        _point_celery_at(usual)


@pytest.fixture
def absent_broker():
    usual = current_app.conf.broker_url
    _point_celery_at("redis+socket:///nowhere/valkey.sock?virtual_host=0")
    yield
    _point_celery_at(usual)


@pytest.mark.parametrize("broker", ["silent_broker", "absent_broker"])
def test_a_broker_that_does_not_answer_costs_a_warning_and_not_the_upload(
    broker: str,
    request: pytest.FixtureRequest,
    episode: Episode,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks,
):
    request.getfixturevalue(broker)
    started = time.monotonic()

    with (
        caplog.at_level(logging.WARNING, "episodes.waking"),
        django_capture_on_commit_callbacks(execute=True) as hints,
    ):
        upload = send(episode, corpus.bare_mp3())

    assert time.monotonic() - started < 5
    assert len(hints) == 1
    assert "No worker could be told of episodes.inspect_upload" in caplog.text
    assert Job.objects.filter(key=str(upload.pk), done_at=None).exists()


def test_retrying_an_upload_that_was_given_up_starts_it_over(episode: Episode):
    upload = send(episode, corpus.bare_mp3())
    Job.objects.update(dead=True, attempts=5)
    AudioUpload.objects.update(state="failed", code="gave-up", message="x")
    upload.refresh_from_db()

    assert retry(upload) is True

    upload.refresh_from_db()
    assert (upload.state, upload.code, upload.message) == ("received", "", "")
    assert Job.objects.get().attempts == 0


def test_two_editors_may_send_the_same_file_at_once(media: Path):
    data = corpus.bare_mp3() * 20
    stored: list[storing.Stored] = []
    threads = [
        threading.Thread(target=lambda: stored.append(storing.store([data], limit=2**30)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(stored) == 6
    assert files_below(media) == [stored[0].path]
    assert (media / stored[0].path).read_bytes() == data
