"""The waveform over HTTP: for players, for pictures, and only for whom the audio is."""

import gzip
import json
import zlib
from array import array
from datetime import UTC, datetime

import pytest
import time_machine

from episodes.models import AudioFile, Waveform
from tests.factories import LiveEpisodeFactory

pytestmark = pytest.mark.django_db

PAIRS = array("b", [value for index in range(100) for value in (-index, index)])


@pytest.fixture
def audio() -> AudioFile:
    audio = LiveEpisodeFactory.create().audio
    audio.waveform = Waveform.objects.create(length=100, peaks=zlib.compress(PAIRS.tobytes()))
    audio.sound_report = {"overview": list(range(40)), "findings": []}
    audio.save()
    return audio


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=False):
        yield


def test_the_whole_is_given_as_audiowaveform_json(client, audio):
    response = client.get(f"/audio/{audio.uid}/waveform.json")

    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.json() == {
        "version": 2,
        "channels": 1,
        "sample_rate": 44_100,
        "samples_per_pixel": 441,
        "bits": 8,
        "length": 100,
        "data": PAIRS.tolist(),
    }


def test_fewer_points_are_given_on_request(client, audio):
    document = client.get(f"/audio/{audio.uid}/waveform.json?points=10").json()

    assert (document["length"], document["samples_per_pixel"]) == (10, 4410)
    assert document["data"][-2:] == [-99, 99]


@pytest.mark.parametrize("points", ["0", "-1", "x", "1.5", "٣", "9999999999", "9" * 5000])
def test_nonsense_points_are_refused_in_words(client, audio, points):
    response = client.get(f"/audio/{audio.uid}/waveform.json", {"points": points})

    assert response.status_code == 400
    assert "points must be a whole number" in response.content.decode()


def test_it_is_compressed_for_who_takes_that(client, audio):
    address = f"/audio/{audio.uid}/waveform.json"
    plain = client.get(address)
    zipped = client.get(address, headers={"Accept-Encoding": "gzip"})

    assert json.loads(gzip.decompress(zipped.content)) == plain.json()
    assert zipped["ETag"] != plain["ETag"]
    assert "Accept-Encoding" in zipped["Vary"]


@pytest.mark.parametrize("what", ["waveform.json", "waveform.svg"])
def test_what_a_client_has_is_not_sent_again(client, audio, what):
    address = f"/audio/{audio.uid}/{what}"
    etag = client.get(address)["ETag"]

    response = client.get(address, headers={"If-None-Match": etag})

    assert (response.status_code, response.content) == (304, b"")
    assert client.head(address).content == b""


def test_the_picture_is_an_image_that_runs_nothing(client, audio):
    response = client.get(f"/audio/{audio.uid}/waveform.svg")

    assert response["Content-Type"] == "image/svg+xml"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.content.startswith(b"<svg")


@pytest.mark.parametrize("what", ["waveform.json", "waveform.svg"])
def test_audio_that_was_not_heard_yet_has_none(client, what):
    audio = LiveEpisodeFactory.create().audio

    assert client.get(f"/audio/{audio.uid}/{what}").status_code == 404


def test_the_address_of_a_file_called_waveform_stays_the_files(client, audio):
    """The audio's own address ends in a real extension, never in json or svg."""
    assert client.head(f"/audio/{audio.uid}/waveform.mp3")["Content-Type"] == "audio/mpeg"
