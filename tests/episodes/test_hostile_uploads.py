"""The hostile corpus on the real way: taken in, and read by a worker that lives on."""

import io

import pytest

from episodes.intake import receive
from episodes.models import AudioUpload, Job
from tests.episodes.audio.hostile import attacks, cut, foreign, odd, valid
from tests.episodes.audio.hostile.case import Case
from tests.episodes.audio.hostile.names import NAMES
from tests.factories import NOW, EpisodeFactory
from tests.processes import CeleryWorker, wait_for

State = AudioUpload.State
# The first foreign file is empty and refused before it is stored, as tests/episodes/test_intake.py
# asks; the last 24 point elsewhere.
CASES = [
    *attacks.CASES,
    *odd.CASES,
    *foreign.CASES[1:-24:3],
    *foreign.POINTING[::5],
    *cut.CASES[::6],
    *valid.CASES[::9],
]


@pytest.mark.processes
def test_a_worker_reads_the_whole_corpus_and_lives(celery_worker: CeleryWorker):
    episode = EpisodeFactory.create()
    assert celery_worker.child is not None
    pid = celery_worker.child.pid
    # The worker is kept between tests, some of which kill its children.
    told_before = len(celery_worker.log.read_text(errors="replace"))
    uploads: list[tuple[AudioUpload, Case]] = []
    for index, case in enumerate(CASES):
        name = NAMES[index % len(NAMES)]
        file = io.BytesIO(case.make())
        upload = receive(file, episode=episode, by=None, original_name=name, now=NOW)
        uploads.append((upload, case))

    unread = AudioUpload.objects.exclude(state__in=[State.ACCEPTED, State.REFUSED])
    wait_for(lambda: not unread.exists(), seconds=400, what=f"{len(uploads)} files to be read")

    for upload, case in uploads:
        upload.refresh_from_db()
        assert upload.state == (State.ACCEPTED if case.accepted else State.REFUSED), case
        expected = {"accepted", "accepted_with_warnings"} if case.accepted else case.codes
        assert upload.code in expected, case
    assert celery_worker.running
    assert celery_worker.child.pid == pid
    # A child is replaced after 200 tasks, so its number may be another; none was lost.
    assert "WorkerLostError" not in celery_worker.log.read_text(errors="replace")[told_before:]
    assert celery_worker.answers()
    assert not Job.objects.filter(kind="inspect_upload", done_at=None).exists()
    assert set(Job.objects.filter(kind="inspect_upload").values_list("attempts", flat=True)) == {1}
