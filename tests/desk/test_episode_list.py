from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import PersonName
from episodes.models import Episode
from tests.factories import (
    CreditFactory,
    EpisodeFactory,
    LiveEpisodeFactory,
    ShowFactory,
    SlotFactory,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/episodes/episode/"


def titles(client, query=""):
    return [row.title for row in client.get(f"{LIST}?{query}").context["cl"].result_list]


@pytest.fixture
def all_states(show):
    now = timezone.now()
    EpisodeFactory(show=show, title="Draft")
    EpisodeFactory(show=show, title="Review", status=Episode.Status.IN_REVIEW)
    LiveEpisodeFactory(show=show, title="Live", release_at=now - timedelta(days=1))
    LiveEpisodeFactory(show=show, title="Scheduled", release_at=now + timedelta(days=1))
    LiveEpisodeFactory(show=show, title="Gone", status=Episode.Status.WITHDRAWN)


def test_scheduled_episodes_are_always_listed(editor, all_states):
    assert set(titles(editor)) == {"Draft", "Review", "Live", "Scheduled", "Gone"}


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("draft", "Draft"),
        ("in_review", "Review"),
        ("live", "Live"),
        ("scheduled", "Scheduled"),
        ("withdrawn", "Gone"),
    ],
)
def test_a_tab_shows_one_state_as_people_say_it(editor, all_states, state, title):
    assert titles(editor, f"state={state}") == [title]
    assert 'aria-current="page"' in editor.get(f"{LIST}?state={state}").content.decode()


def test_what_is_to_come_stands_above_what_was(editor, all_states):
    assert titles(editor, "")[-3:] == ["Scheduled", "Live", "Gone"]


@pytest.mark.parametrize(
    "text", ["грязнова", "Gryaznova", "daryana ground", "neutrality", "Neutral"]
)
def test_the_search_finds_titles_notes_and_people_in_any_script(editor, episode, text):
    episode.notes = "About neutrality."
    episode.save()
    person = CreditFactory(episode=episode, person__name="Daryana Gryaznova").person
    PersonName.objects.create(person=person, name="Дарьяна Грязнова", script="Cyrl")
    EpisodeFactory(show=episode.show, title="Another", notes="Other")

    assert titles(editor, f"q={text}") == ["Neutral ground"]


def test_a_row_says_status_release_with_zone_and_duration(client, as_role, show):
    LiveEpisodeFactory(show=show, title="Heard", number=7)
    slot = SlotFactory(show=show)
    EpisodeFactory(show=show, slot=slot)

    page = as_role("editor", time_zone="Asia/Almaty").get(LIST).content.decode()

    assert "7. Heard" in page
    assert "desk-pill--live" in page
    assert "Sun 8 Nov 2026, 12:00" in page
    assert "Asia/Almaty (UTC+5)" in page
    assert "1:00" in page
    assert "Sun 29 Nov 2026, 12:00" in page  # the slot, where there is no release yet


def test_the_list_takes_as_many_queries_for_30_rows_as_for_one(
    editor, show, django_assert_num_queries
):
    LiveEpisodeFactory(show=show)
    editor.get(LIST)
    with django_assert_num_queries(12, exact=False) as few:
        editor.get(LIST)

    for _number in range(29):
        LiveEpisodeFactory(
            show=show, slot=SlotFactory(show=show, due_at=timezone.now() + timedelta(days=_number))
        )
    LiveEpisodeFactory(show=ShowFactory())
    with django_assert_num_queries(len(few)):
        editor.get(LIST)
