import re

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from knox.models import get_token_model
from rest_framework import exceptions, serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from api.problems import PROBLEMS
from tests.factories import LiveEpisodeFactory, UserFactory


class Story(serializers.Serializer):
    title = serializers.CharField()
    chapters = serializers.ListField(child=serializers.DictField(child=serializers.IntegerField()))


class Door(APIView):
    """A view with a body, which the public API does not have yet."""

    permission_classes = [AllowAny]
    throttle_classes = []
    error: Exception | None = None

    def post(self, request):
        if self.error:
            raise self.error
        Story(data=request.data).is_valid(raise_exception=True)
        return Response({})


def knock(body="{}", content_type="application/json", error=None, **headers):
    request = APIRequestFactory().post("/", body, content_type=content_type, headers=headers)
    return Door.as_view(error=error)(request).render()


def check(answer, status: int) -> dict:
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store"
    problem = PROBLEMS[status]
    body = answer.json() if hasattr(answer, "json") else answer.data
    assert body["status"] == status
    assert body["title"] == problem.title
    assert body["type"] == f"http://localhost:8000/api/v1/problems#{problem.slug}"
    assert body["detail"]
    return body


@pytest.mark.parametrize(
    "path", ["nothing", "episodes/", "episodes/17", "shows/x/y", "people/../x"]
)
def test_an_address_without_anything_is_a_problem_too(get, path):
    body = check(get(path), 404)

    assert "no slash at the end" in body["detail"]
    assert "errors" not in body


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["shows", "episodes", "people"])
def test_writing_is_not_possible(client, db, path, method):
    answer = getattr(client, method)(f"/api/v1/{path}")

    check(answer, 405)
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


def test_other_forms_than_json_are_refused(get):
    body = check(get("episodes", accept="text/csv"), 406)

    assert "application/json" in body["detail"]


def test_a_bad_token_is_told_and_a_good_one_reads(get):
    body = check(get("episodes", authorization="Bearer nonsense"), 401)
    assert "Reading needs none" in body["detail"]
    assert get("episodes", authorization="Bearer nonsense")["WWW-Authenticate"] == "Bearer"

    _row, token = get_token_model().objects.create(user=UserFactory())
    answer = get("episodes", authorization=f"Bearer {token}")

    assert answer.status_code == 200
    assert answer["Cache-Control"].startswith("private")


def test_a_session_of_the_admin_counts_for_nothing_here(client, get, django_assert_num_queries):
    client.force_login(UserFactory(is_superuser=True))

    answer = get("episodes")

    assert answer["Cache-Control"].startswith("public")
    assert not answer.cookies
    assert "Cookie" not in answer["Vary"]


def test_an_answer_names_its_request(get):
    assert get("nothing", x_request_id="app-42").json()["request_id"] == "app-42"

    answer = get("nothing")

    assert answer.json()["request_id"] == answer["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f-]{36}", answer["X-Request-ID"])


def test_faults_of_a_body_are_pointed_at():
    body = check(knock('{"chapters": [{"start": 1}, {"a/b~c": "x"}]}'), 400)

    assert body["errors"] == [
        {"pointer": "#/title", "detail": "This field is required."},
        {"pointer": "#/chapters/1/a~1b~0c", "detail": "A valid integer is required."},
    ]


def test_a_body_that_is_no_json_and_one_in_another_form():
    check(knock("{"), 400)
    check(knock("<a/>", content_type="application/xml"), 415)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Http404("secret"), 404),
        (PermissionDenied("secret"), 403),
        (exceptions.Throttled(wait=12), 429),
    ],
)
def test_errors_become_problems(error, status):
    answer = knock(error=error)

    check(answer, status)
    assert b"secret" not in answer.content
    if status == 429:
        assert answer["Retry-After"] == "13"


def test_a_fault_of_ours_says_nothing_of_its_inside():
    answer = knock(error=RuntimeError("password=hunter2"))

    body = check(answer, 500)
    assert b"hunter2" not in answer.content
    assert "request_id" in body["detail"]


def test_a_fault_of_ours_reaches_the_log_with_its_request(db, monkeypatch, caplog):
    monkeypatch.setattr("api.views.public.max_age", lambda _at: 1 / 0)

    answer = Client(raise_request_exception=False).get(
        "/api/v1/episodes", headers={"x-request-id": "broken-1"}
    )

    check(answer, 500)
    assert answer["X-Request-ID"] == "broken-1"
    assert "ZeroDivisionError" in caplog.text


def test_the_types_are_explained_at_their_address(client):
    page = client.get("/api/v1/problems").content.decode()

    for problem in PROBLEMS.values():
        assert f'<section id="{problem.slug}">' in page


def test_a_view_without_a_permission_answers_nobody(db):
    class Forgotten(APIView):
        throttle_classes = []

        def get(self, _request):
            return Response({})

    request = APIRequestFactory().get("/")

    assert Forgotten.as_view()(request).status_code in {401, 403}


def test_options_tells_the_methods_and_no_more(client, db):
    LiveEpisodeFactory()
    answer = client.options("/api/v1/episodes")

    assert answer.status_code == 200
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("token", ["\xff", "é" * 20, "a\x00b", "x" * 6000])
def test_whatever_stands_in_the_header_is_a_wrong_token(db, client, token):
    headers = {"authorization": f"Bearer {token}"}

    check(client.get("/api/v1/shows", headers=headers), 401)
