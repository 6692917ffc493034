"""Bytes that come in pieces, twice, late, wrong or not at all; and processes that die between."""

import contextlib
import errno
import fcntl
import hashlib
import os
import threading
from collections import namedtuple
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from episodes import intake, storing
from episodes.exceptions import UploadRefused
from episodes.models import AudioUpload, IncomingUpload, Job
from episodes.uploads import checks, copying, expiring, parts, receiving
from episodes.uploads.hashing import RunningHashes
from episodes.uploads.protocol import Checksum
from tests.episodes.uploads.conftest import Line, send
from tests.factories import NOW, UserFactory

pytestmark = pytest.mark.django_db

DATA = bytes(range(256)) * 40
DAY = timedelta(days=1)


def restart() -> None:
    """Forget what only a process knows, as after a restart or in another worker."""
    receiving._hashes = RunningHashes()


def check_stored_once(incoming: IncomingUpload, data: bytes = DATA) -> AudioUpload:
    upload = AudioUpload.objects.get()
    incoming.refresh_from_db()
    assert incoming.upload == upload
    assert upload.sha256 == hashlib.sha256(data).hexdigest()
    assert storing.full_path(upload.path).read_bytes() == data
    assert list(Job.objects.values_list("key", flat=True)) == [str(upload.pk)]
    assert parts.length(incoming.uid) is None
    assert list(storing.incoming_path("x").parent.iterdir()) == []
    return upload


def refusal_of(call, *arguments, **more) -> str:
    with pytest.raises(UploadRefused) as refused:
        call(*arguments, **more)
    assert str(refused.value)
    return refused.value.code


def test_a_file_in_one_piece_is_stored_with_its_job(begin, editor, episode):
    incoming = begin(len(DATA), "Выпуск.mp3")

    assert send(incoming, DATA) == len(DATA)

    upload = check_stored_once(incoming)
    assert (upload.by, upload.episode, upload.original_name) == (editor, episode, "Выпуск.mp3")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_is_lost_between_the_file_that_arrives_is_the_file_that_was_sent(begin, data):
    """Any pieces, cut anywhere, with and without checksums, over restarts."""
    sent = data.draw(st.binary(min_size=1, max_size=3000), label="file") * 150
    incoming = begin(len(sent), by=UserFactory.create())
    offset = 0
    while offset < len(sent):
        if data.draw(st.booleans(), label="restart"):
            restart()
        length = data.draw(st.integers(0, len(sent) - offset), label="length")
        cut = data.draw(st.none() | st.integers(0, length), label="cut")
        piece = sent[offset : offset + length]
        kind = data.draw(st.sampled_from([None, "sha1", "md5", "sha256"]), label="checksum")
        checksum = Checksum(kind, hashlib.new(kind, piece).digest()) if kind else None
        line = Line(piece) if cut is None else Line(piece[:cut], ConnectionResetError())
        with contextlib.suppress(UploadRefused):
            send(incoming, line, offset, length=length, checksum=checksum)
        there = receiving.offset_of(incoming, now=NOW)
        kept = length if cut is None or cut == length else (0 if checksum else cut)
        assert there == offset + kept
        if not kept:  # it would take for ever
            send(incoming, sent[offset : offset + 50_000], offset)
            there = receiving.offset_of(incoming, now=NOW)
        offset = there

    incoming.refresh_from_db()
    assert incoming.upload.sha256 == hashlib.sha256(sent).hexdigest()
    assert storing.full_path(incoming.upload.path).read_bytes() == sent


def test_what_arrived_before_the_line_broke_is_kept(begin):
    incoming = begin(len(DATA))

    code = refusal_of(send, incoming, Line(DATA[:4000], ConnectionResetError()), length=len(DATA))

    assert code == "cut-off"
    assert receiving.offset_of(incoming, now=NOW) == 4000
    send(incoming, DATA[4000:], 4000)
    check_stored_once(incoming)


def test_a_body_that_ends_early_without_a_word_is_cut_too(begin):
    incoming = begin(len(DATA))

    assert refusal_of(send, incoming, Line(DATA[:4000]), length=len(DATA)) == "cut-off"
    assert receiving.offset_of(incoming, now=NOW) == 4000


def test_a_body_that_tells_its_own_end_needs_no_length(begin):
    incoming = begin(len(DATA))

    assert send(incoming, Line(DATA[:4000]), length=None) == 4000
    assert send(incoming, Line(DATA[4000:]), 4000, length=None) == len(DATA)

    check_stored_once(incoming)


@pytest.mark.parametrize("length", [None, len(DATA) + 1])
def test_more_than_was_announced_finishes_nothing(begin, length):
    incoming = begin(len(DATA))

    assert refusal_of(send, incoming, Line(DATA + b"x"), length=length) == "too-much"

    assert receiving.offset_of(incoming, now=NOW) < len(DATA)
    assert not AudioUpload.objects.exists()


def test_a_wrong_offset_changes_nothing(begin):
    incoming = begin(len(DATA))
    send(incoming, DATA[:1000])

    for offset in (0, 999, 1001, len(DATA)):
        assert refusal_of(send, incoming, b"x" * 10, offset) == "wrong-offset"

    assert receiving.offset_of(incoming, now=NOW) == 1000


@pytest.mark.parametrize("kind", ["sha1", "md5", "sha256", "sha512"])
def test_a_damaged_piece_is_thrown_away_and_sent_again(begin, kind):
    incoming = begin(len(DATA))
    send(incoming, DATA[:1000])
    good = Checksum(kind, hashlib.new(kind, DATA[1000:]).digest())

    damaged = bytes([DATA[1000] ^ 1]) + DATA[1001:]
    assert refusal_of(send, incoming, damaged, 1000, checksum=good) == "checksum-mismatch"
    assert receiving.offset_of(incoming, now=NOW) == 1000

    send(incoming, DATA[1000:], 1000, checksum=good)
    check_stored_once(incoming)


def test_half_a_checked_piece_proves_nothing(begin):
    incoming = begin(len(DATA))
    whole = Checksum("sha1", hashlib.sha1(DATA).digest())

    line = Line(DATA[:4000], ConnectionResetError())
    assert refusal_of(send, incoming, line, length=len(DATA), checksum=whole) == "cut-off"

    assert receiving.offset_of(incoming, now=NOW) == 0


def test_asking_after_the_last_answer_got_lost_finds_the_file_whole(begin):
    incoming = begin(len(DATA))
    send(incoming, DATA)

    again = IncomingUpload.objects.get()
    assert receiving.offset_of(again, now=NOW) == len(DATA)
    assert send(again, b"", len(DATA)) == len(DATA)
    assert refusal_of(send, again, b"x", len(DATA)) == "too-much"
    assert refusal_of(send, again, DATA, 0) == "wrong-offset"
    check_stored_once(again)


class Killed(BaseException):
    """Ends a request where a kill -9 would; whatever would clean up finds nothing to do it with."""


STEPS = ["os.fsync", "settle", "replace", "sync_directory", "acknowledge", "committed", "remove"]


@pytest.mark.parametrize("step", STEPS)
def test_a_server_that_dies_while_it_finishes_is_finished_by_the_next_question(
    begin, step, monkeypatch
):
    incoming = begin(len(DATA))
    send(incoming, DATA[:-100])

    def die(*_arguments, **_more):
        raise Killed

    with monkeypatch.context() as patch:
        if step == "os.fsync":
            patch.setattr(receiving.os, "fsync", die)
        elif step == "settle":
            patch.setattr(storing, "settle", die)
        elif step == "replace":
            patch.setattr("pathlib.Path.replace", die)
        elif step == "sync_directory":
            patch.setattr(storing, "sync_directory", die)
        elif step == "acknowledge":
            patch.setattr(intake, "acknowledge", die)
        elif step == "committed":
            patch.setattr(receiving, "_acknowledge", die_after(receiving._acknowledge))
        else:
            patch.setattr(parts, "remove", die)
        with pytest.raises(Killed):
            send(incoming, DATA[-100:], len(DATA) - 100)
    restart()

    again = IncomingUpload.objects.get()
    assert receiving.offset_of(again, now=NOW) == len(DATA)
    assert receiving.offset_of(again, now=NOW) == len(DATA)

    # A name that only the dead one knew is swept; it costs nothing, being a second name.
    expiring.forget_expired(NOW + DAY / 2)
    for left in storing.incoming_path("x").parent.iterdir():
        os.utime(left, (0, 0))
    expiring.forget_expired(NOW + DAY / 2)
    check_stored_once(again)


def die_after(step):
    def done_and_dead(*arguments, **more):
        step(*arguments, **more)
        raise Killed

    return done_and_dead


def test_a_file_system_without_second_names_moves_the_part(begin, monkeypatch):
    def refuse(*_arguments):
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr("pathlib.Path.hardlink_to", refuse)
    incoming = begin(len(DATA))

    send(incoming, DATA)

    check_stored_once(incoming)


def test_the_same_bytes_twice_are_stored_once(begin, media):
    first, second = begin(len(DATA)), begin(len(DATA))
    send(first, DATA)
    send(second, DATA)

    stored = [path for path in (media / "audio").rglob("*") if path.is_file()]
    assert len(stored) == 1
    assert AudioUpload.objects.count() == 2
    assert stored[0].stat().st_nlink == 1


def test_two_uploads_at_once_do_not_mix(begin):
    one, other = begin(len(DATA)), begin(len(DATA))
    changed = DATA[::-1]
    for offset in range(0, len(DATA), 2048):
        send(one, DATA[offset : offset + 2048], offset)
        send(other, changed[offset : offset + 2048], offset)

    one.refresh_from_db()
    other.refresh_from_db()
    assert one.upload.sha256 == hashlib.sha256(DATA).hexdigest()
    assert other.upload.sha256 == hashlib.sha256(changed).hexdigest()


def test_one_request_at_a_time_sends(begin):
    incoming = begin(len(DATA))
    send(incoming, DATA[:100])

    with parts.held(incoming.uid):
        assert refusal_of(send, incoming, DATA[100:], 100) == "busy"
        assert refusal_of(receiving.terminate, incoming) == "busy"
        assert receiving.offset_of(incoming, now=NOW) == 100

    send(incoming, DATA[100:], 100)
    check_stored_once(incoming)


def test_a_silent_client_gives_way_to_one_that_asks(begin):
    incoming = begin(len(DATA))

    class Silent(Line):
        def read(self, size, /):
            piece = super().read(size)
            if not piece:
                with pytest.raises(parts.Held), parts.held(incoming.uid):
                    pass
                raise TimeoutError
            return piece

    code = refusal_of(send, incoming, Silent(DATA[:1000]), length=len(DATA))

    assert code == "cut-off"
    assert receiving.offset_of(incoming, now=NOW) == 1000
    assert send(incoming, DATA[1000:], 1000) == len(DATA)


def test_a_pause_for_which_nobody_else_asks_is_waited_for(begin):
    incoming = begin(len(DATA))

    line = Line(DATA[:1000], TimeoutError(), TimeoutError(), DATA[1000:])
    assert send(incoming, line, length=len(DATA)) == len(DATA)

    check_stored_once(incoming)


def test_a_client_that_stays_silent_is_given_up(begin, monkeypatch):
    monkeypatch.setattr(copying, "_PATIENCE", 0.0)
    incoming = begin(len(DATA))

    line = Line(DATA[:1000], TimeoutError(), DATA[1000:])
    assert refusal_of(send, incoming, line, length=len(DATA)) == "cut-off"


def test_a_cancelled_upload_leaves_nothing(begin, media):
    incoming = begin(len(DATA))
    send(incoming, DATA[:100])

    receiving.terminate(incoming)

    assert not IncomingUpload.objects.exists()
    assert list((media / "incoming").iterdir()) == []
    incoming.pk = 1
    assert refusal_of(send, incoming, DATA[100:], 100) == "gone"


def test_cancelling_a_finished_upload_takes_no_file_away(begin):
    incoming = begin(len(DATA))
    send(incoming, DATA)

    receiving.terminate(incoming)

    assert storing.full_path(AudioUpload.objects.get().path).read_bytes() == DATA


def test_an_upload_lives_a_day_after_its_last_byte(begin):
    incoming = begin(len(DATA))
    send(incoming, DATA[:100], now=NOW + DAY * 0.9)

    assert expiring.forget_expired(NOW + DAY * 1.8) == 0
    assert receiving.offset_of(incoming, now=NOW + DAY * 1.8) == 100
    assert refusal_of(receiving.offset_of, incoming, now=NOW + DAY * 2) == "expired"
    assert refusal_of(send, incoming, DATA[100:], 100, now=NOW + DAY * 2) == "expired"


def test_expired_uploads_are_swept_with_their_bytes(begin, media):
    expired, alive = begin(len(DATA)), begin(len(DATA), now=NOW + DAY / 2)
    done = begin(len(DATA))
    send(expired, DATA[:100])
    send(done, DATA)

    assert expiring.forget_expired(NOW + DAY) == 2

    assert list(IncomingUpload.objects.all()) == [alive]
    assert [path.name for path in (media / "incoming").iterdir()] == [f"{alive.uid.hex}.part"]
    assert AudioUpload.objects.exists()


def test_what_is_being_sent_is_never_swept(begin):
    incoming = begin(len(DATA))

    with parts.held(incoming.uid):
        assert expiring.forget_expired(NOW + DAY * 3) == 0

    assert parts.length(incoming.uid) == 0


def test_parts_without_a_row_are_swept_and_parts_with_one_spared(begin, media):
    incoming = begin(len(DATA), now=NOW + DAY * 5)
    orphan = media / "incoming" / "orphan.part"
    orphan.write_bytes(b"x")
    for path in (orphan, parts.part_path(incoming.uid)):
        os.utime(path, (0, 0))

    assert expiring.forget_expired(NOW) == 1

    assert not orphan.exists()
    assert parts.length(incoming.uid) == 0


def test_what_cannot_be_kept_is_not_begun(begin, settings, monkeypatch):
    settings.AUDIO_UPLOAD_MAX_BYTES = 2**20
    usage = namedtuple("usage", "total used free")

    assert refusal_of(begin, 0) == "empty"
    assert refusal_of(begin, 2**20 + 1) == "too-large"
    monkeypatch.setattr(storing.shutil, "disk_usage", lambda _path: usage(1, 1, 2**20))
    assert refusal_of(begin, 2**20) == "no-space"
    assert not IncomingUpload.objects.exists()


def test_a_person_has_so_many_unfinished_uploads_and_no_more(begin):
    for _number in range(checks.MOST_UNFINISHED):
        begin(10)

    assert refusal_of(begin, 10) == "too-many-uploads"
    begin(10, by=UserFactory.create())
    begin(10, now=NOW + DAY)  # the others are forgotten by then


def test_a_full_disk_keeps_what_it_could_take(begin, monkeypatch):
    incoming = begin(len(DATA))
    write = os.write

    def fill_up(descriptor, piece):
        if len(piece) < 4096:
            raise OSError(errno.ENOSPC, "full")
        return write(descriptor, piece[:4096])

    with monkeypatch.context() as patch:
        patch.setattr(copying.os, "write", fill_up)
        assert refusal_of(send, incoming, DATA) == "no-space"

    there = receiving.offset_of(incoming, now=NOW)
    assert there == len(DATA) // 4096 * 4096
    send(incoming, DATA[there:], there)
    check_stored_once(incoming)


def test_a_disk_that_fails_is_no_matter_of_the_client(begin, monkeypatch):
    def fail(*_arguments):
        raise OSError(errno.EIO, "broken")

    incoming = begin(len(DATA))
    monkeypatch.setattr(copying.os, "write", fail)

    with pytest.raises(OSError, match="broken"):
        send(incoming, DATA)


def test_a_directory_that_was_taken_away_is_no_matter_of_the_client_either(begin, monkeypatch):
    def miss(*_arguments, **_more):
        raise FileNotFoundError("gone")

    incoming = begin(len(DATA))
    with monkeypatch.context() as patch:
        patch.setattr(storing, "settle", miss)
        with pytest.raises(FileNotFoundError, match="gone"):
            send(incoming, DATA)

    assert receiving.offset_of(incoming, now=NOW) == len(DATA)
    check_stored_once(incoming)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../etc/passwd", "../../etc/passwd"),
        ("a\r\nSet-Cookie: x=1", "a Set-Cookie: x=1"),
        ("\u202egpj.exe", "gpj.exe"),
        ("x" * 300 + ".mp3", "x" * 255),
        ("\0", "unnamed file"),
        ("", "unnamed file"),
    ],
)
def test_a_name_is_a_label_and_no_path(begin, media, name, label):
    incoming = begin(len(DATA), name)
    send(incoming, DATA)

    assert AudioUpload.objects.get().original_name == label
    (stored,) = (path for path in media.rglob("*") if path.is_file())
    assert stored.name == hashlib.sha256(DATA).hexdigest()


def test_unfinished_uploads_are_ones_own_and_of_the_episode(begin, editor, episode):
    send(mine := begin(len(DATA)), DATA[:10])
    begin(10, by=UserFactory.create())
    send(begin(len(DATA)), DATA)
    begin(10, now=NOW - DAY)

    found = receiving.unfinished(episode=episode, by=editor, now=NOW)

    assert [(each.incoming, each.offset) for each in found] == [(mine, 10)]


@pytest.mark.parametrize("count", [1, 20])
def test_listing_asks_the_database_once(begin, editor, episode, count, django_assert_num_queries):
    for _number in range(count):
        begin(10)

    with django_assert_num_queries(1):
        receiving.unfinished(episode=episode, by=editor, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_requests_that_finish_the_same_upload_make_one(begin):
    """A part that is whole and not written down yet, and six questions for it at once."""
    incoming = begin(len(DATA))
    with parts.held(incoming.uid) as part:
        os.write(part, DATA)
    answers: list[object] = []

    def ask() -> None:
        try:
            answers.append(receiving.offset_of(IncomingUpload.objects.get(), now=NOW))
        except UploadRefused as refused:
            answers.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(DATA) in answers
    assert set(answers) <= {len(DATA), "busy"}
    check_stored_once(incoming)


@pytest.mark.django_db(transaction=True)
def test_the_row_is_the_last_word_where_locks_of_files_do_not_hold(begin, monkeypatch):
    """Some network file systems grant every lock: both requests think that they are alone."""
    incoming = begin(len(DATA))
    with parts.held(incoming.uid) as part:
        os.write(part, DATA)
    together = threading.Barrier(2, timeout=10)
    settle = storing.settle

    def settle_together(*arguments, **more):
        together.wait()
        return settle(*arguments, **more)

    monkeypatch.setattr(fcntl, "flock", lambda _descriptor, _operation: None)
    monkeypatch.setattr(storing, "settle", settle_together)
    answers: list[object] = []

    def ask() -> None:
        try:
            answers.append(receiving.offset_of(IncomingUpload.objects.get(), now=NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [len(DATA)] * 2
    check_stored_once(incoming)


def test_the_lock_is_the_kernels_and_ends_with_the_process(begin):
    incoming = begin(len(DATA))
    child = os.fork()
    if not child:
        descriptor = os.open(parts.part_path(incoming.uid), os.O_RDWR)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os._exit(0)
    os.waitpid(child, 0)

    assert send(incoming, DATA) == len(DATA)
