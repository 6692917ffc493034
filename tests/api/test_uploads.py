"""Uploads by token: tus 1.0 as an app on a phone speaks it."""

import base64
import hashlib
from datetime import timedelta

import pytest
from django.test import Client
from knox.models import get_token_model

from accounts.models import User
from api.problems import MEDIA_TYPE, PROBLEMS
from episodes.models import AudioUpload, IncomingUpload, Job
from tests.episodes.audio import corpus
from tests.factories import EpisodeFactory, LiveEpisodeFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = "application/offset+octet-stream"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def episode():
    return EpisodeFactory()


class App:
    """A tus client with a token, for as much as the tests need."""

    def __init__(self, user: User, http: Client) -> None:
        _row, token = get_token_model().objects.create(user=user, expiry=None)
        self.user, self.http = user, http
        self.token = {"Authorization": f"Bearer {token}"}

    def ask(self, method, address, data=b"", **headers):
        kind = {"content_type": BYTES} if data or method == "PATCH" else {}
        return self.http.generic(
            method, address, data, headers={**self.token, **TUS, **headers}, **kind
        )

    def begin(self, episode, size, name="episode.mp3", data=b"", **headers):
        label = base64.b64encode(name.encode()).decode()
        wanted = {"Upload-Length": str(size), "Upload-Metadata": f"filename {label}", **headers}
        return self.ask("POST", f"/api/v1/episodes/{episode.uid}/uploads", data, **wanted)

    def send(self, address, data, offset, **headers):
        return self.ask("PATCH", address, data, **{"Upload-Offset": str(offset), **headers})


@pytest.fixture
def app(client, episode):
    return App(MembershipFactory(show=episode.show, role="producer").user, client)


def problem_of(answer, status, code):
    assert answer.status_code == status
    assert answer["Content-Type"] == MEDIA_TYPE
    assert answer["Tus-Resumable"] == "1.0.0"
    body = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"].endswith(f"#{PROBLEMS[status].slug}")
    assert body["request_id"] == answer["X-Request-ID"]
    return body["detail"]


def test_a_file_arrives_in_pieces_and_its_verdict_is_told(app, episode):
    data = corpus.bare_mp3()

    begun = app.begin(episode, len(data), "Выпуск.mp3")
    address = begun["Location"]
    app.send(address, data[:5000], 0)
    midway = app.ask("GET", address).json()
    last = app.send(address, data[5000:], 5000)
    whole = app.ask("GET", address).json()

    assert (begun.status_code, begun["Upload-Offset"]) == (201, "0")
    assert begun["Upload-Expires"] == "Mon, 23 Nov 2026 12:00:00 GMT"
    assert (midway["offset"], midway["state"], midway["name"]) == (5000, "unfinished", "Выпуск.mp3")
    assert (last.status_code, last["Upload-Offset"]) == (204, str(len(data)))
    assert (whole["offset"], whole["state"], whole["code"]) == (len(data), "received", "")
    upload = AudioUpload.objects.get()
    assert (upload.by, upload.sha256) == (app.user, hashlib.sha256(data).hexdigest())
    assert Job.objects.get().key == str(upload.pk)


def test_the_first_bytes_may_come_with_the_beginning(app, episode):
    data = corpus.bare_mp3()

    part = app.begin(episode, len(data), data=data[:3000])
    whole = app.begin(episode, len(data), data=data)

    assert (part.status_code, part["Upload-Offset"]) == (201, "3000")
    assert (whole.status_code, whole["Upload-Offset"]) == (201, str(len(data)))
    assert IncomingUpload.objects.filter(upload=None).count() == 1


def test_unfinished_uploads_are_listed_for_who_sends_them(app, client, episode):
    colleague = App(MembershipFactory(show=episode.show).user, client)
    data = corpus.bare_mp3()
    address = app.begin(episode, len(data))["Location"]
    app.send(address, data[:1000], 0)
    app.begin(episode, len(data), data=data)

    mine = app.ask("GET", f"/api/v1/episodes/{episode.uid}/uploads")
    theirs = colleague.ask("GET", f"/api/v1/episodes/{episode.uid}/uploads")

    (row,) = mine.json()["results"]
    assert (row["offset"], row["size_bytes"]) == (1000, len(data))
    assert address.endswith(row["id"])
    assert theirs.json()["results"] == []


def test_options_tell_what_is_spoken(app, episode, settings):
    answer = app.ask("OPTIONS", f"/api/v1/episodes/{episode.uid}/uploads")

    assert answer.status_code == 204
    assert answer["Tus-Version"] == "1.0.0"
    assert set(answer["Tus-Extension"].split(",")) == {
        "creation", "creation-with-upload", "expiration", "checksum", "termination",
    }  # fmt: skip
    assert answer["Tus-Max-Size"] == str(settings.AUDIO_UPLOAD_MAX_BYTES)
    assert "sha1" in answer["Tus-Checksum-Algorithm"].split(",")


def test_post_may_stand_for_what_a_network_does_not_let_through(app, episode):
    address = app.begin(episode, 10)["Location"]
    override = {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}

    answer = app.ask("POST", address, b"12345", **override)

    assert (answer.status_code, answer["Upload-Offset"]) == (204, "5")
    assert app.ask("HEAD", address)["Upload-Offset"] == "5"


def test_a_stranger_needs_a_token_and_a_session_is_none(client, app, episode):
    address = app.begin(episode, 10)["Location"]
    client.force_login(UserFactory(is_superuser=True))

    for path in (address, f"/api/v1/episodes/{episode.uid}/uploads"):
        for method in ("GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"):
            answer = client.generic(method, path, b"x" * 5, content_type=BYTES, headers=TUS)
            assert answer.status_code in {401, 405}, (method, path)


@pytest.mark.parametrize("role", ["reviewer", "analyst"])
def test_who_may_only_look_may_not_send(client, episode, role):
    looking = App(MembershipFactory(show=episode.show, role=role).user, client)

    answer = looking.begin(episode, 10)

    assert answer.status_code == 403
    assert answer["Content-Type"] == MEDIA_TYPE
    assert not IncomingUpload.objects.exists()


def test_somebody_of_another_show_finds_nothing_here(app, client, episode):
    other = App(MembershipFactory(role="owner").user, client)
    address = app.begin(episode, 10)["Location"]

    assert other.begin(episode, 10).status_code == 404
    assert other.begin(LiveEpisodeFactory(), 10).status_code == 404
    assert other.ask("HEAD", address).status_code == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "PATCH", "DELETE"])
def test_the_upload_of_a_colleague_is_not_there(app, client, episode, method):
    colleague = App(MembershipFactory(show=episode.show, role="owner").user, client)
    address = app.begin(episode, 10)["Location"]

    answer = colleague.ask(method, address, **({"Upload-Offset": "0"}))

    assert answer.status_code == 404
    assert app.ask("HEAD", address)["Upload-Offset"] == "0"


def test_an_upload_is_under_its_own_episode_alone(app, episode):
    other = EpisodeFactory(show=episode.show)
    address = app.begin(episode, 10)["Location"]

    moved = address.replace(str(episode.uid), str(other.uid))

    assert app.ask("HEAD", moved).status_code == 404


def test_a_role_that_was_taken_ends_the_upload(app, episode):
    address = app.begin(episode, 10)["Location"]
    app.user.memberships.all().delete()

    assert app.send(address, b"12345", 0).status_code == 404


def test_refusals_are_problems_with_a_code(app, episode, settings):
    settings.AUDIO_UPLOAD_MAX_BYTES = 2**20
    address = app.begin(episode, 10)["Location"]
    app.send(address, b"123", 0)
    wrong = base64.b64encode(hashlib.sha1(b"other").digest()).decode()

    detail = problem_of(app.begin(episode, 2**20 + 1), 413, "too-large")
    assert "larger than 1 MB" in detail
    problem_of(app.begin(episode, 0), 400, "empty")
    problem_of(app.begin(episode, "many"), 400, "bad-header")
    problem_of(app.begin(episode, 10, **{"Tus-Resumable": "0.2.2"}), 412, "tus-version")
    problem_of(app.send(address, b"123", 0), 409, "wrong-offset")
    problem_of(app.send(address, b"12345678", 3), 413, "too-much")
    checked = app.send(address, b"456", 3, **{"Upload-Checksum": f"sha1 {wrong}"})
    problem_of(checked, 460, "checksum-mismatch")
    form = app.http.generic(
        "PATCH", address, b"x", "text/plain", headers={**app.token, **TUS, "Upload-Offset": "3"}
    )
    problem_of(form, 415, "content-type")
    assert app.ask("HEAD", address)["Upload-Offset"] == "3"


def test_an_upload_that_expired_is_gone(app, episode, at_now):
    address = app.begin(episode, 10)["Location"]
    at_now.shift(timedelta(hours=23))
    app.send(address, b"123", 0)
    at_now.shift(timedelta(hours=23))
    assert app.ask("HEAD", address).status_code == 200
    at_now.shift(timedelta(hours=2))

    assert app.ask("HEAD", address).status_code == 410
    problem_of(app.send(address, b"456", 3), 410, "expired")


def test_no_number_of_pieces_is_too_many(app, episode, settings):
    settings.API_REQUESTS_PER_MINUTE_WITH_TOKEN = 3
    address = app.begin(episode, 40)["Location"]

    for offset in range(20):
        assert app.send(address, b"x", offset).status_code == 204
    assert app.ask("HEAD", address)["Upload-Offset"] == "20"


def test_a_cancelled_upload_is_gone_with_its_bytes(app, episode, media):
    address = app.begin(episode, 10)["Location"]
    app.send(address, b"123", 0)

    assert app.ask("DELETE", address).status_code == 204

    assert app.ask("HEAD", address).status_code == 404
    assert list((media / "incoming").iterdir()) == []


def test_a_browser_of_another_site_may_send_with_a_token(client, episode):
    """Apps may be pages too: the preflight lets tus through."""
    answer = client.options(
        f"/api/v1/episodes/{episode.uid}/uploads",
        headers={
            "Origin": "https://app.example",
            "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": "tus-resumable,upload-offset,authorization",
        },
    )

    assert answer.status_code == 200
    assert {"tus-resumable", "upload-offset", "upload-length"} <= {
        name.strip() for name in answer["Access-Control-Allow-Headers"].split(",")
    }
    assert "PATCH" in answer["Access-Control-Allow-Methods"]
