import threading
from io import BytesIO

import pytest
from django.db import connections, transaction
from django.utils import timezone

from episodes import holding, intake, storing
from episodes.models import AudioUpload
from tests.factories import EpisodeFactory
from tests.processes import no_broker


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def stored() -> storing.Stored:
    return storing.store([b"some sound"], limit=100)


@pytest.mark.django_db(transaction=True)
def test_bytes_stay_while_an_upload_of_the_same_is_being_written_down():
    bytes_there, episode = stored(), EpisodeFactory.create()
    written, go_on = threading.Event(), threading.Event()
    outcome: list[bool] = []

    def acknowledge() -> None:
        with transaction.atomic():
            intake.acknowledge(bytes_there, episode=episode, by=None, original_name="a.mp3")
            written.set()
            go_on.wait(10)
        connections.close_all()

    def discard() -> None:
        outcome.append(holding.discard_unnamed(bytes_there.path))
        connections.close_all()

    with no_broker():
        threads = [threading.Thread(target=each) for each in (acknowledge, discard)]
        threads[0].start()
        assert written.wait(10)
        threads[1].start()
        threads[1].join(0.5)
        assert threads[1].is_alive(), "it decided before the other was done"
        go_on.set()
        for thread in threads:
            thread.join(10)

    assert outcome == [False]
    assert storing.full_path(bytes_there.path).read_bytes() == b"some sound"


@pytest.mark.django_db
def test_bytes_that_are_gone_are_not_acknowledged():
    bytes_there, episode = stored(), EpisodeFactory.create()
    assert holding.discard_unnamed(bytes_there.path)

    with pytest.raises(FileNotFoundError, match="has None bytes, 10 were stored"):
        intake.acknowledge(bytes_there, episode=episode, by=None, original_name="a.mp3")

    assert not AudioUpload.objects.exists()


@pytest.mark.django_db
def test_bytes_are_deleted_only_when_no_row_names_them():
    upload = intake.receive(
        BytesIO(b"some sound"),
        episode=EpisodeFactory.create(),
        by=None,
        original_name="a.mp3",
        now=timezone.now(),
    )

    assert not holding.discard_unnamed(upload.path)
    upload.delete()
    assert holding.discard_unnamed(upload.path)
    assert storing.size_of(upload.path) is None


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_would_hold_nothing():
    with pytest.raises(RuntimeError, match="belongs in the transaction"):
        holding.hold("audio/ab/abc", 1)
