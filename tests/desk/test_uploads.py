"""Resumable uploads from the desk: who may, what is told, what is kept."""

import base64
import hashlib

import pytest
from django.test import Client

from episodes.models import AudioUpload, IncomingUpload
from tests.episodes.audio import corpus
from tests.factories import EpisodeFactory, MembershipFactory, UserFactory

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


def test_what_is_unfinished_is_listed_after_a_reload(editor, episode):
    address = begin(editor, episode, 5000, "Выпуск.wav")["Location"]
    send(editor, address, b"x" * 1200, 0)
    begun = IncomingUpload.objects.get()

    answer = editor.get(f"/admin/episodes/episode/{episode.pk}/uploads/")

    assert answer["Cache-Control"] == "no-store"
    assert answer.json() == {
        "uploads": [
            {
                "uid": str(begun.uid),
                "url": address,
                "name": "Выпуск.wav",
                "size": 5000,
                "offset": 1200,
                "expires": begun.expires_at.isoformat(),
            }
        ]
    }


def test_refusals_are_sentences_for_the_editor(editor, episode, settings):
    settings.AUDIO_UPLOAD_MAX_BYTES = 2**20

    large, empty = begin(editor, episode, 2**20 + 1), begin(editor, episode, 0)

    assert (large.status_code, empty.status_code) == (413, 400)
    assert large["Content-Type"] == "text/plain; charset=utf-8"
    assert large["Tus-Max-Size"] == str(2**20)
    assert "larger than 1 MB" in large.content.decode()
    assert "The file is empty" in empty.content.decode()


def test_who_is_signed_out_is_told_and_not_led_to_a_page(client, editor, episode):
    address = begin(editor, episode, 10)["Location"]
    editor.logout()

    answer = send(editor, address, b"12345", 0)

    assert answer.status_code == 401
    assert "signed out" in answer.content.decode()


def test_a_page_of_another_site_cannot_send(episode):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(MembershipFactory(show=episode.show).user)
    page = strict.get(f"/admin/episodes/episode/{episode.pk}/change/")
    token = {"X-CSRFToken": str(page.context["csrf_token"])}

    assert begin(strict, episode, 10).status_code == 403
    begun = begin(strict, episode, 10, **token)
    assert begun.status_code == 201
    assert send(strict, begun["Location"], b"12345", 0).status_code == 403
    assert send(strict, begun["Location"], b"12345", 0, **token).status_code == 204


@pytest.mark.parametrize("role", ["reviewer", "analyst"])
def test_who_may_only_look_sends_nothing(as_role, episode, role):
    assert begin(as_role(role), episode, 10).status_code == 404


def test_the_upload_of_a_colleague_is_not_there(as_role, show, episode):
    address = begin(as_role("editor"), episode, 10)["Location"]
    colleague = as_role("owner")

    for answer in (
        ask(colleague, address),
        send(colleague, address, b"12345", 0),
        colleague.delete(address, headers=TUS),
    ):
        assert answer.status_code == 404
    assert colleague.get(f"/admin/episodes/episode/{episode.pk}/uploads/").json() == {"uploads": []}
    assert IncomingUpload.objects.exists()


def test_nothing_is_sent_to_an_episode_of_another_show(editor):
    assert begin(editor, EpisodeFactory(), 10).status_code == 404


def test_a_cancelled_upload_is_gone(editor, episode):
    address = begin(editor, episode, 10)["Location"]

    assert editor.delete(address, headers=TUS).status_code == 204
    assert ask(editor, address).status_code == 404


@pytest.mark.parametrize("method", ["put", "get"])
def test_other_methods_are_not_possible(editor, episode, method):
    address = begin(editor, episode, 10)["Location"]

    assert getattr(editor, method)(address, headers=TUS).status_code == 405


def test_the_form_without_scripts_still_sends(editor, episode, media):
    path = media / "episode.mp3"
    path.write_bytes(corpus.bare_mp3())

    with path.open("rb") as file:
        answer = editor.post(f"/admin/episodes/episode/{episode.pk}/audio/", {"file": file})

    assert answer.status_code == 302
    assert AudioUpload.objects.get().size == path.stat().st_size


def test_a_superuser_without_a_role_may_send(client, episode):
    client.force_login(UserFactory(is_superuser=True))

    assert begin(client, episode, 10).status_code == 201
