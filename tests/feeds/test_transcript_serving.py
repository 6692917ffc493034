"""A transcript over HTTP: five forms, one truth."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from catalog.models import Person
from episodes.transcribing import assign_speakers, store_transcript
from tests.factories import CreditFactory, LiveEpisodeFactory
from tests.feeds.shows import RELEASE

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 11, 30, 12, 0, tzinfo=UTC)
VTT = """WEBVTT

00:00:01.000 --> 00:00:04.500
<v First voice>Вода &lt;script&gt;alert(1)&lt;/script&gt;
"""
TYPES = {
    "vtt": "text/vtt; charset=utf-8",
    "srt": "application/x-subrip",
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def episode(clock):
    return LiveEpisodeFactory(release_at=RELEASE, title="Low & high water")


def store(episode, text=VTT, **options):
    return store_transcript(episode, text, **{"language": "ru", "by": None, "now": NOW, **options})


def get(client, episode, form, **headers):
    return client.get(f"/episodes/{episode.uid}/transcript.ru.{form}", headers=headers)


@pytest.mark.parametrize("form", TYPES)
def test_each_form_has_its_exact_type_and_may_be_read_from_any_page(client, episode, form):
    store(episode)

    answer = get(client, episode, form)

    assert answer.status_code == 200
    assert answer["Content-Type"] == TYPES[form]
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "public, max-age=300"
    assert "First voice" in answer.content.decode()


def test_the_master_is_served_as_it_is_stored(client, episode):
    row = store(episode)

    assert get(client, episode, "vtt").content.decode() == row.vtt == VTT


def test_json_says_what_the_namespace_asks_for(client, episode):
    store(episode)

    assert json.loads(get(client, episode, "json").content) == {
        "version": "1.0.0",
        "segments": [
            {
                "speaker": "First voice",
                "startTime": 1.0,
                "endTime": 4.5,
                "body": "Вода <script>alert(1)</script>",
            }
        ],
    }


def test_the_page_runs_nothing_whatever_the_words_are(client, episode):
    store(episode)

    answer = get(client, episode, "html")

    assert "<script" not in answer.content.decode()
    assert "<title>Low &amp; high water</title>" in answer.content.decode()
    assert answer["Content-Security-Policy"].startswith("default-src 'none';")
    assert answer["Content-Security-Policy"].endswith("; sandbox")


@pytest.mark.parametrize("form", TYPES)
def test_nothing_is_sent_twice_until_a_name_changes(client, episode, clock, form):
    row = store(episode)
    person = CreditFactory(episode=episode, person__name="Anna Lee").person
    answer = get(client, episode, form)
    tag, day = answer["ETag"], answer["Last-Modified"]

    assert get(client, episode, form, if_none_match=tag).status_code == 304
    assert get(client, episode, form, if_modified_since=day).status_code == 304

    clock.shift(timedelta(minutes=1))
    assign_speakers(row, {"First voice": person.pk})
    answer = get(client, episode, form, if_none_match=tag)
    assert answer.status_code == 200
    assert "Anna Lee" in answer.content.decode()
    assert get(client, episode, form, if_modified_since=day).status_code == 200

    tag, day = answer["ETag"], answer["Last-Modified"]
    clock.shift(timedelta(minutes=1))
    renamed = Person.objects.get(pk=person.pk)
    renamed.name = "Anna Kim"
    renamed.save()
    assert get(client, episode, form, if_none_match=tag).status_code == 200
    assert get(client, episode, form, if_modified_since=day).status_code == 200


def test_what_has_no_times_is_served_as_text_and_page_alone(client, episode):
    store(episode, "Вода.\n\nСнег.")

    statuses = {form: get(client, episode, form).status_code for form in TYPES}

    assert statuses == {"vtt": 404, "srt": 404, "json": 404, "html": 200, "txt": 200}


@pytest.mark.parametrize("form", ["pdf", "VTT", "vtt-x", "h"])
def test_a_form_that_nobody_makes_is_nothing(client, episode, form):
    store(episode)

    assert get(client, episode, form).status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_thirty_speakers_take_as_many_queries_as_one(
    client, episode, django_assert_num_queries, count
):
    people = [CreditFactory(episode=episode).person for _ in range(count)]
    cues = (f"00:00:{n:02}.000 --> 00:00:{n:02}.900\n<v {p.name}>x" for n, p in enumerate(people))
    store(episode, "WEBVTT\n\n" + "\n\n".join(cues))

    with django_assert_num_queries(4):
        answer = get(client, episode, "vtt")

    assert answer.content.decode().count("<v ") == count
