"""Uploads from the episode's page straight to a bucket, and the same by token."""

import json
import urllib.request

import pytest
from django.conf import settings as configured
from knox.models import get_token_model

from api.problems import PROBLEMS
from episodes import object_storage
from episodes.models import AudioUpload, IncomingUpload
from tests.episodes.audio import corpus
from tests.factories import EpisodeFactory, MembershipFactory

pytestmark = pytest.mark.django_db


def desk_door(client, episode):
    base = f"/admin/episodes/episode/{episode.pk}/part-uploads/"
    return lambda method, path="", data=None: client.generic(
        method, f"{base}{path}", json.dumps(data or {}), content_type="application/json"
    )


def api_door(client, episode):
    member = MembershipFactory.create(show=episode.show, role="producer").user
    _row, token = get_token_model().objects.create(user=member, expiry=None)
    base = f"/api/v1/episodes/{episode.uid}/part-uploads"
    return lambda method, path="", data=None: client.generic(
        method,
        f"{base}/{path}".rstrip("/"),
        json.dumps(data or {}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
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
