from datetime import UTC, date, datetime, timedelta

import pytest

from episodes.models import Chapter, Correction, Episode, Soundbite, Transcript
from tests.factories import (
    NOW,
    CreditFactory,
    EpisodeFactory,
    LiveEpisodeFactory,
    OrganisationFactory,
    PersonFactory,
    ShowFactory,
    TopicFactory,
)

BASE = "http://localhost:8000"


def titles(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [episode["title"] for episode in response.json()["results"]]


def hidden_episodes() -> dict[str, Episode]:
    """Every state in which the world may not see an episode; each holds the canary word."""
    words = {"title": "Canary", "notes": "Canary notes", "summary": "Canary summary"}
    withdrawn = LiveEpisodeFactory(**words)
    Episode.objects.filter(pk=withdrawn.pk).update(status="withdrawn")
    return {
        "draft": EpisodeFactory(**words),
        "in_review": EpisodeFactory(**words, status="in_review"),
        "approved": EpisodeFactory(**words, status="approved"),
        "scheduled": LiveEpisodeFactory(**words, release_at=NOW + timedelta(seconds=1)),
        "withdrawn": withdrawn,
        "private show": LiveEpisodeFactory(**words, show__is_public=False, show__title="Canary"),
    }


def test_list_holds_what_is_live_newest_first(get):
    show = ShowFactory()
    LiveEpisodeFactory(show=show, title="Older", release_at=NOW - timedelta(days=14))
    LiveEpisodeFactory(show=show, title="This minute", release_at=NOW)
    LiveEpisodeFactory(title="Between", release_at=NOW - timedelta(days=1))

    assert titles(get("episodes")) == ["This minute", "Between", "Older"]


def test_nothing_unreleased_is_in_any_list_filter_or_detail(get):
    hidden = hidden_episodes()
    LiveEpisodeFactory(title="Seen")
    person = PersonFactory(name="Canary Guest")
    for episode in hidden.values():
        CreditFactory(episode=episode, person=person)

    answers = [
        get("episodes"),
        get("episodes", {"q": "Canary"}),
        get("episodes", {"person": str(person.uid)}),
        get("episodes", {"sort": "title"}),
        get("people"),
        get("people", {"q": "Canary"}),
        get("shows"),
        get("shows", {"q": "Canary"}),
        *(get("episodes", {"show": str(row.show.uid)}) for row in hidden.values()),
    ]

    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert not any(b"Canary" in answer.content for answer in answers)


def test_hidden_and_unknown_episodes_give_the_same_answer(get):
    unknown = get("episodes/5d1a2a77-4f19-4d0e-9f6d-000000000000")
    expected = {**unknown.json(), "request_id": ""}

    for state, episode in hidden_episodes().items():
        answer = get(f"episodes/{episode.uid}")

        assert answer.status_code == 404, state
        assert {**answer.json(), "request_id": ""} == expected, state


def test_an_episode_appears_at_the_second_of_its_release(get, at_now):
    episode = LiveEpisodeFactory(release_at=NOW + timedelta(seconds=30))
    assert get(f"episodes/{episode.uid}").status_code == 404
    assert get("episodes")["Cache-Control"] == "public, max-age=30"

    at_now.move_to(episode.release_at)

    assert get(f"episodes/{episode.uid}").status_code == 200


def test_an_episode_comes_whole_in_one_answer(get):
    show = ShowFactory(title="Spotlight", slug="spotlight", notes_footer="From *the newsroom*.")
    partner = OrganisationFactory(name="Oxus Society", slug="oxus", url="https://oxus.example.org")
    show.partnerships.create(
        organisation=partner, wording="in partnership with the Oxus Society", ends_on="2026-11-08"
    )
    show.partnerships.create(organisation=partner, wording="later", starts_on="2026-11-09")
    episode = LiveEpisodeFactory(
        show=show, title="Граница и свет", slug="granitsa", number=7, notes="Зима **близко** <b>"
    )
    episode.topics.add(
        TopicFactory(name="Energy", slug="energy", translations={"ru": "Энергетика"}),
        TopicFactory(name="Tajikistan", slug="tajikistan", kind="country", country_code="TJ"),
    )
    Chapter.objects.create(episode=episode, start_ms=51_500, title="Dushanbe")
    Chapter.objects.create(episode=episode, start_ms=0, title="Opening")
    Soundbite.objects.create(episode=episode, start_ms=1000, duration_ms=20_000, title="Best")
    transcript = Transcript.objects.create(episode=episode, language="ru", vtt="WEBVTT\n")
    transcript.speakers.create(label="Голос")
    Correction.objects.create(
        episode=episode, corrected_at=datetime(2026, 11, 9, 8, tzinfo=UTC), text="It was *Khujand*."
    )

    body = get(f"episodes/{episode.uid}").json()

    audio = episode.audio
    assert body == {
        "id": str(episode.uid),
        "guid": episode.guid,
        "show": {"id": str(show.uid), "title": "Spotlight", "slug": "spotlight"},
        "title": "Граница и свет",
        "slug": "granitsa",
        "type": "full",
        "number": 7,
        "season": None,
        "summary": "What happened and why it matters.",
        "explicit": False,
        "published_at": "2026-11-08T07:00:00Z",
        "updated_at": "2026-11-22T12:00:00Z",
        "artwork": None,
        "enclosure": {
            "url": f"{BASE}/audio/{audio.uid}/granitsa.mp3",
            "size_bytes": 480_000,
            "mime_type": "audio/mpeg",
            "duration_seconds": 60.0,
            "bit_rate": 64_000,
            "channels": 1,
            "sample_rate": 44_100,
            "sha256": audio.sha256,
            "waveform_url": None,
            "loudness": None,
        },
        "credits": [],
        "topics": [
            {
                "id": str(episode.topics.get(slug="energy").uid),
                "name": "Energy",
                "slug": "energy",
                "names": {"ru": "Энергетика"},
            }
        ],
        "countries": [
            {
                "id": str(episode.topics.get(slug="tajikistan").uid),
                "name": "Tajikistan",
                "slug": "tajikistan",
                "names": {},
                "country_code": "TJ",
            }
        ],
        "links": {
            "self": f"{BASE}/api/v1/episodes/{episode.uid}",
            "page": BASE + episode.get_absolute_url(),
            "show": f"{BASE}/api/v1/shows/{show.uid}",
            "feed": f"{BASE}/feeds/spotlight.xml",
        },
        "language": "en",
        "recorded_on": None,
        "notes": {
            "markdown": "Зима **близко** <b>\n\nFrom *the newsroom*.",
            "html": "<p>Зима <strong>близко</strong> &lt;b&gt;</p>\n"
            "<p>From <em>the newsroom</em>.</p>",
            "text": "Зима близко <b>\nFrom the newsroom.",
        },
        "chapters": [
            {"start_seconds": 0.0, "title": "Opening", "url": "", "image": None, "hidden": False},
            {"start_seconds": 51.5, "title": "Dushanbe", "url": "", "image": None, "hidden": False},
        ],
        "chapters_url": f"{BASE}/episodes/{episode.uid}/chapters.json",
        "soundbites": [{"start_seconds": 1.0, "duration_seconds": 20.0, "title": "Best"}],
        "transcripts": [
            {
                "language": "ru",
                "mime_type": "text/vtt",
                "url": f"{BASE}/episodes/{episode.uid}/transcript.ru.vtt",
                "timed": True,
                "forms": [
                    {"mime_type": kind, "url": f"{BASE}/episodes/{episode.uid}/transcript.ru.{end}"}
                    for kind, end in (
                        ("text/vtt", "vtt"),
                        ("application/x-subrip", "srt"),
                        ("application/json", "json"),
                        ("text/html", "html"),
                        ("text/plain", "txt"),
                    )
                ],
                "speakers": [{"name": "Голос", "person": None}],
            }
        ],
        "corrections": [
            {
                "corrected_at": "2026-11-09T08:00:00Z",
                "text": {
                    "markdown": "It was *Khujand*.",
                    "html": "<p>It was <em>Khujand</em>.</p>",
                    "text": "It was Khujand.",
                },
            }
        ],
        "partnerships": [
            {
                "wording": "in partnership with the Oxus Society",
                "organisation": {
                    "id": str(partner.uid),
                    "name": "Oxus Society",
                    "slug": "oxus",
                    "url": "https://oxus.example.org",
                },
                "url": "",
                "logo": None,
            }
        ],
    }


def test_a_credit_tells_what_the_person_was_at_the_time(get):
    organisation = OrganisationFactory(name="Renamed Institute", slug="institute")
    person = PersonFactory(name="Daryana Gryaznova-Today", slug="daryana")
    credit = CreditFactory(
        episode=LiveEpisodeFactory(),
        person=person,
        name="Daryana Gryaznova",
        title="Human rights lawyer",
        organisation=organisation,
        organisation_name="Equality Now",
        frozen_at=NOW,
    )

    body = get(f"episodes/{credit.episode.uid}").json()

    assert body["credits"] == [
        {
            "name": "Daryana Gryaznova",
            "role": "Guest",
            "group": "Cast",
            "title": "Human rights lawyer",
            "organisation": {
                "id": str(organisation.uid),
                "name": "Equality Now",
                "slug": "institute",
                "url": "",
            },
            "person": {
                "id": str(person.uid),
                "name": "Daryana Gryaznova-Today",
                "slug": "daryana",
            },
        }
    ]


def test_chapters_after_the_end_of_the_audio_are_left_out(get):
    episode = LiveEpisodeFactory()
    end = episode.audio.duration_ms
    Chapter.objects.create(episode=episode, start_ms=end, title="Silence")

    alone = get(f"episodes/{episode.uid}").json()
    Chapter.objects.create(episode=episode, start_ms=end - 1, title="Last breath")
    both = get(f"episodes/{episode.uid}").json()

    assert (alone["chapters"], alone["chapters_url"]) == ([], None)
    assert [chapter["title"] for chapter in both["chapters"]] == ["Last breath"]
    assert both["chapters_url"]


def test_no_chapter_no_chapters_address(get):
    episode = LiveEpisodeFactory()

    assert get(f"episodes/{episode.uid}").json()["chapters_url"] is None


@pytest.fixture
def archive():
    """Three episodes that every filter can tell apart."""
    spotlight, other = ShowFactory(title="Spotlight"), ShowFactory(title="Среда")
    guest = PersonFactory(name="Svetlana Dzardanova", slug="svetlana")
    guest.names.create(name="Светлана Дзарданова", script="Cyrl", language="ru")
    border = LiveEpisodeFactory(
        show=spotlight,
        title="Border",
        number=1,
        season=1,
        release_at=datetime(2026, 1, 4, tzinfo=UTC),
    )
    power = LiveEpisodeFactory(
        show=spotlight,
        title="Power",
        number=2,
        season=2,
        release_at=datetime(2026, 2, 1, tzinfo=UTC),
    )
    trailer = LiveEpisodeFactory(
        show=other, title="Trailer", number=None, type="trailer", notes="About *электричество*.",
        release_at=datetime(2026, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    CreditFactory(episode=border, person=guest)
    CreditFactory(episode=border, person=guest, role="Host")
    energy = TopicFactory(name="Energy", slug="energy")
    tajikistan = TopicFactory(name="Tajikistan", slug="tj", kind="country", country_code="TJ")
    power.topics.add(energy, tajikistan)
    border.topics.add(tajikistan)
    return {"show": spotlight, "guest": guest, "border": border, "power": power, "trailer": trailer}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"type": "trailer"}, ["Trailer"]),
        ({"season": "2"}, ["Power"]),
        ({"number": "1"}, ["Border"]),
        ({"topic": "energy"}, ["Power"]),
        ({"topic": "unknown"}, []),
        ({"country": "TJ"}, ["Power", "Border"]),
        ({"country": "tj", "topic": "energy"}, ["Power"]),
        ({"country": "UZ"}, []),
        ({"published_after": "2026-01-04T00:00:00Z"}, ["Trailer", "Power"]),
        ({"published_before": "2026-02-01T00:00:00Z"}, ["Border"]),
        ({"published_after": "2026-01-04T05:00:00+05:00"}, ["Trailer", "Power"]),
        ({"q": "border"}, ["Border"]),
        ({"q": "дзарданова"}, ["Border"]),
        ({"q": "border svetlana"}, ["Border"]),
        ({"q": "power svetlana"}, []),
        ({"q": "ЭЛЕКТРИЧЕСТВО"}, ["Trailer"]),
        ({"q": "100%_"}, []),
        ({"sort": "title"}, ["Border", "Power", "Trailer"]),
        ({"sort": "published_at"}, ["Border", "Power", "Trailer"]),
    ],
)
def test_filters_narrow_the_list(get, archive, query, expected):
    assert titles(get("episodes", query)) == expected


def test_filter_by_show_and_person(get, archive):
    assert titles(get("episodes", {"show": archive["show"].uid})) == ["Power", "Border"]
    assert titles(get("episodes", {"person": archive["guest"].uid})) == ["Border"]
    assert titles(get("episodes", {"show": "5d1a2a77-4f19-4d0e-9f6d-000000000000"})) == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"show": "spotlight"}, "show"),
        ({"show__owner_email": "x"}, "show__owner_email"),
        ({"_connector": "OR"}, "_connector"),
        ({"format": "json"}, "format"),
        ({"type": "secret"}, "type"),
        ({"season": "1.5"}, "season"),
        ({"season": "99999999999999999999"}, "season"),
        ({"published_after": "yesterday"}, "published_after"),
        ({"published_after": "2026-13-01T00:00:00Z"}, "published_after"),
        ({"country": "KAZ"}, "country"),
        ({"q": "x" * 201}, "q"),
        ({"q": "\x00"}, "q"),
        ({"topic": "\x00"}, "topic"),
        ({"sort": "show__owner_email"}, "sort"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "٣"}, "limit"),
        ({"limit": ""}, "limit"),
        ({"cursor": "MTIz"}, "cursor"),
        ({"cursor": ""}, "cursor"),
    ],
)
def test_a_bad_parameter_is_named_in_the_answer(get, query, parameter):
    answer = get("episodes", query)

    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]
    assert all(error["detail"] for error in answer.json()["errors"])


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_moments_at_the_end_of_time_are_answered(get, moment):
    assert get("episodes", {"published_after": moment}).status_code == 200


def test_a_detail_takes_no_parameters(get):
    answer = get(f"episodes/{LiveEpisodeFactory().uid}", {"fields": "title"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "fields"


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_as_many_queries_for_thirty_rows_as_for_one(
    get, django_assert_num_queries, count
):
    for _ in range(count):
        episode = LiveEpisodeFactory()
        episode.topics.add(TopicFactory())
        for _ in range(3):
            CreditFactory(episode=episode, organisation=OrganisationFactory())

    # The page, its credits, its topics, and the next release.
    with django_assert_num_queries(4):
        answer = get("episodes", {"limit": 100})

    assert len(answer.json()["results"]) == count


@pytest.mark.parametrize("count", [1, 30])
def test_a_detail_asks_as_many_queries_for_thirty_parts_as_for_one(
    get, django_assert_num_queries, count
):
    episode = LiveEpisodeFactory()
    for index in range(count):
        credit = CreditFactory(episode=episode, organisation=OrganisationFactory())
        episode.topics.add(TopicFactory())
        Chapter.objects.create(episode=episode, start_ms=index, title="Chapter")
        transcript = Transcript.objects.create(
            episode=episode, language=f"x-{index}", vtt="WEBVTT\n"
        )
        transcript.speakers.create(label="A", person=credit.person)
        Soundbite.objects.create(episode=episode, start_ms=index, duration_ms=1)
        Correction.objects.create(episode=episode, corrected_at=NOW, text="Text")
        episode.show.partnerships.create(
            organisation=OrganisationFactory(), wording="with", starts_on=date(2020, 1, 1)
        )

    # The episode, its seven kinds of parts, the transcripts' speakers, the names of people, and
    # the next release.
    with django_assert_num_queries(12):
        answer = get(f"episodes/{episode.uid}")

    assert len(answer.json()["credits"]) == count
