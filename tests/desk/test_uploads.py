"""Resumable uploads from the desk: who may, what is told, what is kept."""

import base64
import hashlib

import pytest

from episodes.models import AudioUpload, IncomingUpload
from tests.episodes.audio import corpus

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = "application/offset+octet-stream"


def begin(client, episode, size, name="episode.mp3", **headers):
    label = base64.b64encode(name.encode()).decode()
    return client.generic(
        "POST",
        f"/admin/episodes/episode/{episode.pk}/uploads/",
        headers={
            **TUS,
            "Upload-Length": str(size),
            "Upload-Metadata": f"filename {label}",
            **headers,
        },
    )


def send(client, address, data, offset, **headers):
    return client.patch(
        address, data, content_type=BYTES, headers={**TUS, "Upload-Offset": str(offset), **headers}
    )


def ask(client, address):
    return client.head(address, headers=TUS)


def test_a_file_is_sent_in_two_pieces(editor, episode):
    data = corpus.bare_mp3()

    begun = begin(editor, episode, len(data), "Выпуск 5.mp3")
    address = begun["Location"]
    first = send(editor, address, data[:1000], 0)
    asked = ask(editor, address)
    last = send(editor, address, data[1000:], 1000)

    assert begun.status_code == 201
    assert (first.status_code, first["Upload-Offset"]) == (204, "1000")
    assert (asked.status_code, asked["Upload-Offset"]) == (200, "1000")
    assert asked["Upload-Length"] == str(len(data))
    assert (last.status_code, last["Upload-Offset"]) == (204, str(len(data)))
    upload = AudioUpload.objects.get()
    assert (upload.episode, upload.original_name) == (episode, "Выпуск 5.mp3")
    assert upload.sha256 == hashlib.sha256(data).hexdigest()
    assert IncomingUpload.objects.get().upload == upload
