"""Uploads from the episode's page straight to a bucket, and the same by token."""

import json
import urllib.request

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from knox.models import get_token_model

from api.problems import MEDIA_TYPE, PROBLEMS
from episodes import object_storage
from episodes.models import AudioUpload, IncomingUpload
from tests.bucket import dead_address, storage_entry
from tests.episodes.audio import corpus
from tests.factories import EpisodeFactory, MembershipFactory

pytestmark = pytest.mark.django_db


def desk_door(client, episode):
    base = f"/admin/episodes/episode/{episode.pk}/part-uploads/"
    return lambda method, path="", data=None: client.generic(
        method, f"{base}{path}", json.dumps(data or {}), content_type="application/json"
    )


def bearer(episode):
    member = MembershipFactory.create(show=episode.show, role="producer").user
    _row, token = get_token_model().objects.create(user=member, expiry=None)
    return {"Authorization": f"Bearer {token}"}


def api_door(client, episode, token=None):
    token = token or bearer(episode)
    base = f"/api/v1/episodes/{episode.uid}/part-uploads"
    return lambda method, path="", data=None: client.generic(
        method,
        f"{base}/{path}".rstrip("/"),
        json.dumps(data or {}),
        content_type="application/json",
        headers=token,
    )


@pytest.fixture(params=[desk_door, api_door], ids=["desk", "api"])
def ask(request, editor, client, episode):
    return request.param(editor if request.param is desk_door else client, episode)


def put(address, data):
    kind = {"Content-Type": "application/octet-stream"}
    sent = urllib.request.Request(address, data=data, headers=kind, method="PUT")
    urllib.request.urlopen(sent, timeout=20).close()


def test_a_file_goes_to_the_bucket_and_is_written_down_when_whole(ask, bucket, episode):
    data = corpus.bare_mp3()
    begun = ask("POST", data={"name": "Выпуск 5.mp3", "size": len(data)})
    told = begun.json()
    one = f"{told['uid']}/"

    early = ask("POST", f"{one}complete/")
    signed = ask("POST", one, {"parts": [1]}).json()["addresses"]
    put(signed["1"], data)
    known = ask("GET", one).json()
    waiting = ask("GET").json()["uploads"]
    whole = ask("POST", f"{one}complete/")
    again = ask("POST", f"{one}complete/")

    assert (begun.status_code, begun["Location"]) == (201, told["url"])
    assert (told["parts"], told["part_size"]) == (1, object_storage.PART_SIZE)
    assert (early.status_code, AudioUpload.objects.count()) == (400, 1)
    assert (known["arrived"], known["offset"]) == ([1], len(data))
    assert [each["name"] for each in waiting] == ["Выпуск 5.mp3"]
    assert whole.json() == again.json()
    upload = episode.audio_uploads.get()
    assert (upload.original_name, upload.size) == ("Выпуск 5.mp3", len(data))
    assert ask("GET").json()["uploads"] == []


def test_giving_up_leaves_nothing_in_the_bucket(ask, bucket, episode):
    told = ask("POST", data={"name": "a.mp3", "size": 1000}).json()
    incoming = IncomingUpload.objects.get(uid=told["uid"])
    put(ask("POST", f"{told['uid']}/", {"parts": [1]}).json()["addresses"]["1"], b"x" * 1000)

    assert ask("DELETE", f"{told['uid']}/").status_code == 204
    assert object_storage.parts(f"incoming/{incoming.uid.hex}.part", incoming.multipart_id) == []
    assert ask("GET", f"{told['uid']}/").status_code == 404


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"name": "a.mp3", "size": 0}, 400),
        ({"name": "a.mp3", "size": configured.AUDIO_UPLOAD_MAX_BYTES + 1}, 413),
        ({"name": "a.mp3", "size": "10"}, 400),
        ({"name": "a.mp3", "size": True}, 400),
        ({"name": "a.mp3"}, 400),
        ([], 400),
    ],
)
def test_what_cannot_be_uploaded_is_refused_with_a_sentence(ask, bucket, asked, status):
    answer = ask("POST", data=asked)

    assert answer.status_code == status
    assert len(answer.content) > 20
    assert not IncomingUpload.objects.exists()


@pytest.mark.parametrize("parts", [[0], [2], ["1"], [1.5]])
def test_only_parts_of_the_file_get_an_address(ask, bucket, parts):
    told = ask("POST", data={"name": "a.mp3", "size": 1000}).json()

    assert ask("POST", f"{told['uid']}/", {"parts": parts}).status_code == 400


def test_there_are_no_parts_without_a_bucket(ask):
    assert ask("POST", data={"name": "a.mp3", "size": 1000}).status_code == 404


def test_somebody_elses_upload_is_not_there(editor, bucket, episode):
    mine = desk_door(editor, episode)
    told = mine("POST", data={"name": "a.mp3", "size": 1000}).json()
    other = EpisodeFactory.create(show=episode.show)

    IncomingUpload.objects.update(by=MembershipFactory.create(show=episode.show).user)
    for method, path in (("GET", ""), ("POST", ""), ("DELETE", ""), ("POST", "complete/")):
        assert mine(method, f"{told['uid']}/{path}").status_code == 404
        assert desk_door(editor, other)(method, f"{told['uid']}/{path}").status_code == 404


def test_the_api_names_its_problems(bucket, client, episode):
    answer = api_door(client, episode)("POST", data={"name": "a.mp3", "size": 0})

    assert answer.json()["title"] == PROBLEMS[400].title
    assert answer.json()["code"] == "empty"


@pytest.fixture
def unplug(settings):
    """Take the bucket from the net."""

    def unplugged():
        settings.STORAGES = {**settings.STORAGES, "default": storage_entry(dead_address())}

    return unplugged


@pytest.mark.parametrize(
    ("method", "path", "data"),
    [
        ("POST", "", {"name": "a.mp3", "size": 1000}),
        ("GET", "", None),
        ("GET", "{uid}/", None),
        ("HEAD", "{uid}/", None),
        ("DELETE", "{uid}/", None),
        ("POST", "{uid}/complete/", None),
    ],
)
def test_a_bucket_that_is_down_is_no_fault_of_ours(ask, bucket, unplug, method, path, data):
    told = ask("POST", data={"name": "a.mp3", "size": 1000}).json()
    unplug()

    answer = ask(method, path.format(uid=told["uid"]), data)

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert answer["Cache-Control"] == "no-store"
    assert IncomingUpload.objects.filter(uid=told["uid"]).exists()
    if method == "HEAD":
        return
    if answer["Content-Type"] == MEDIA_TYPE:
        assert answer.json()["code"] == "storage-unavailable"
        assert "Nothing that was stored is lost" in answer.json()["detail"]
    else:
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert "Nothing that was stored is lost" in answer.content.decode()


def test_what_failed_while_the_bucket_was_down_goes_on_afterwards(ask, bucket, unplug, settings):
    data = corpus.bare_mp3()
    told = ask("POST", data={"name": "a.mp3", "size": len(data)}).json()
    put(ask("POST", f"{told['uid']}/", {"parts": [1]}).json()["addresses"]["1"], data)
    alive = settings.STORAGES
    unplug()
    assert ask("POST", f"{told['uid']}/complete/").status_code == 503
    settings.STORAGES = alive

    assert ask("POST", f"{told['uid']}/complete/").status_code == 200


def test_the_doors_of_tus_know_no_uploads_to_a_bucket(editor, client, bucket, episode):
    told = desk_door(editor, episode)("POST", data={"name": "a.mp3", "size": 1000}).json()
    token = bearer(episode)
    member = api_door(client, episode, token)("POST", data={"name": "b.mp3", "size": 1000}).json()
    incoming = IncomingUpload.objects.get(uid=told["uid"])
    tus = {"Tus-Resumable": "1.0.0"}

    base = f"/admin/episodes/episode/{episode.pk}/uploads/"
    assert editor.get(base).json() == {"uploads": []}
    for method in ("HEAD", "PATCH", "DELETE"):
        answer = editor.generic(method, f"{base}{incoming.uid}/", headers=tus)
        assert answer.status_code == 404
    address = f"/api/v1/episodes/{episode.uid}/uploads"
    assert client.get(address, headers=token).json()["results"] == []
    for method in ("GET", "HEAD", "PATCH", "DELETE"):
        answer = client.generic(method, f"{address}/{member['uid']}", headers={**tus, **token})
        assert answer.status_code == 404
    assert IncomingUpload.objects.count() == 2


def test_the_doors_of_a_bucket_know_no_uploads_by_tus(ask, bucket, episode):
    told = ask("POST", data={"name": "a.mp3", "size": 1000}).json()
    IncomingUpload.objects.update(multipart_id="")

    assert ask("GET").json()["uploads"] == []
    for method, path in (("GET", ""), ("POST", ""), ("DELETE", ""), ("POST", "complete/")):
        assert ask(method, f"{told['uid']}/{path}").status_code == 404


def test_the_last_byte_by_tus_waits_for_a_bucket_that_is_down(
    editor, bucket, unplug, episode, settings
):
    data, tus = corpus.bare_mp3(), {"Tus-Resumable": "1.0.0"}
    begun = editor.generic(
        "POST",
        f"/admin/episodes/episode/{episode.pk}/uploads/",
        headers={**tus, "Upload-Length": str(len(data))},
    )
    alive = settings.STORAGES
    unplug()
    sent = editor.patch(
        begun["Location"],
        data,
        content_type="application/offset+octet-stream",
        headers={**tus, "Upload-Offset": "0"},
    )
    settings.STORAGES = alive
    asked = editor.head(begun["Location"], headers=tus)

    assert (sent.status_code, sent["Retry-After"]) == (503, "10")
    assert (asked.status_code, asked["Upload-Offset"]) == (200, str(len(data)))
    assert episode.audio_uploads.filter(size=len(data)).exists()


@pytest.mark.parametrize("is_script", [True, False])
def test_the_plain_form_tells_that_the_bucket_is_down(editor, bucket, unplug, episode, is_script):
    address = f"/admin/episodes/episode/{episode.pk}/audio/"
    before = episode.audio_uploads.count()
    unplug()

    answer = editor.post(
        address,
        {"file": SimpleUploadedFile("a.mp3", corpus.bare_mp3())},
        headers={"X-Requested-With": "fetch"} if is_script else {},
        follow=True,
    )

    assert answer.status_code == (503 if is_script else 200)
    assert "Nothing that was stored is lost" in answer.content.decode()
    assert episode.audio_uploads.count() == before
