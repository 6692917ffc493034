from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import override_settings

from tests.factories import NOW, LiveEpisodeFactory, ShowFactory


def follow(get, address: str):
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}" == "http://localhost:8000"
    return get(parts.path.removeprefix("/api/v1/"), dict(parse_qsl(parts.query))).json()


def titles(body: dict) -> list[str]:
    return [row["title"] for row in body["results"]]


@pytest.fixture
def eleven(db):
    """Eleven episodes in one show, four of which came out in the same second."""
    show = ShowFactory()
    for index in range(11):
        hours = 5 if 3 <= index < 7 else index
        LiveEpisodeFactory(
            show=show, title=f"Episode {index:02}", release_at=NOW - timedelta(hours=hours)
        )


@pytest.mark.parametrize("sort", ["-published_at", "published_at", "title", "-title"])
def test_pages_hold_every_row_once_forwards_and_backwards(get, eleven, sort):
    whole = titles(get("episodes", {"limit": 100, "sort": sort}).json())
    assert len(whole) == 11

    pages = [get("episodes", {"limit": 3, "sort": sort}).json()]
    while pages[-1]["next"]:
        pages.append(follow(get, pages[-1]["next"]))
    back = [pages[-1]]
    while back[-1]["previous"]:
        back.append(follow(get, back[-1]["previous"]))

    assert [len(page["results"]) for page in pages] == [3, 3, 3, 2]
    assert [title for page in pages for title in titles(page)] == whole
    assert [title for page in reversed(back) for title in titles(page)] == whole
    assert pages[0]["previous"] is None


def test_an_episode_that_comes_out_meanwhile_neither_shifts_nor_repeats_rows(get, eleven):
    before = titles(get("episodes", {"limit": 100}).json())
    first = get("episodes", {"limit": 5}).json()
    LiveEpisodeFactory(title="Brand new", release_at=NOW)

    second = follow(get, first["next"])

    assert titles(first) + titles(second) == before[:10]


def test_filters_stay_on_the_next_page(get, eleven):
    LiveEpisodeFactory(title="Another show's", release_at=NOW - timedelta(days=30))
    show = get("episodes", {"limit": 1}).json()["results"][0]["show"]["id"]

    page = get("episodes", {"limit": 10, "show": show}).json()

    assert titles(follow(get, page["next"])) == ["Episode 10"]


def test_an_empty_list_has_no_neighbours(get):
    assert get("episodes").json() == {"results": [], "next": None, "previous": None}


def test_a_cursor_belongs_to_its_sort(get, eleven):
    cursor = dict(parse_qsl(urlsplit(get("episodes", {"limit": 3}).json()["next"]).query))["cursor"]

    answer = get("episodes", {"cursor": cursor, "sort": "title"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["detail"] == "This cursor belongs to sort=-published_at."


def test_a_changed_cursor_is_refused(get, eleven):
    cursor = dict(parse_qsl(urlsplit(get("episodes", {"limit": 3}).json()["next"]).query))["cursor"]

    for forged in (cursor[1:], cursor[:-1], cursor + "x", "x" * 5000, ":::", "é"):
        assert get("episodes", {"cursor": forged}).status_code == 400, forged


@override_settings(ALLOWED_HOSTS=["*"])
def test_addresses_never_come_from_the_host_header(get, eleven):
    answer = get("episodes", {"limit": 3}, host="evil.example", x_forwarded_host="evil.example")

    assert b"evil" not in answer.content
    assert answer.json()["next"].startswith("http://localhost:8000/api/v1/episodes?")
