from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from knox.models import get_token_model

from api.throttling import count_request
from tests.factories import UserFactory


def test_answers_say_what_is_left(get, settings):
    settings.API_REQUESTS_PER_MINUTE = 10

    get("shows")
    answer = get("shows")

    # NOW is on the minute.
    assert {name: answer[name] for name in answer.headers if "RateLimit" in name} == {
        "RateLimit-Limit": "10",
        "RateLimit-Remaining": "8",
        "RateLimit-Reset": "60",
        "RateLimit-Policy": '"anonymous";q=10;w=60',
        "RateLimit": '"anonymous";r=8;t=60',
    }


def test_past_the_limit_is_429_until_the_next_minute(get, settings, at_now):
    settings.API_REQUESTS_PER_MINUTE = 2
    assert [get("shows").status_code for _ in range(3)] == [200, 200, 429]

    at_now.shift(timedelta(seconds=20))
    refused = get("shows")
    at_now.shift(timedelta(seconds=int(refused["Retry-After"])))

    assert (refused.status_code, refused["Retry-After"]) == (429, "40")
    assert refused.json()["type"].endswith("#too-many-requests")
    assert refused["RateLimit-Remaining"] == "0"
    assert get("shows").status_code == 200


def test_a_forged_address_buys_no_second_allowance(get, settings):
    settings.API_REQUESTS_PER_MINUTE = 1

    codes = [get("shows", x_forwarded_for=f"10.0.0.{index}").status_code for index in range(3)]

    assert codes == [200, 429, 429]


def test_a_token_has_its_own_allowance(get, settings):
    settings.API_REQUESTS_PER_MINUTE = 1
    _row, token = get_token_model().objects.create(user=UserFactory())
    get("shows")

    answer = get("shows", authorization=f"Bearer {token}")

    assert answer.status_code == 200
    assert answer["RateLimit-Policy"].startswith('"token"')


def test_simultaneous_requests_are_all_counted():
    with ThreadPoolExecutor(8) as threads:
        counts = list(threads.map(lambda _: count_request("x", now=1000), range(200)))

    assert sorted(counts) == list(range(1, 201))
