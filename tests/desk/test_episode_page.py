from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from catalog.models import Organisation
from desk.guards import explain
from episodes.models import AudioFile, Chapter, Credit, Episode
from tests.desk.conftest import form_of, page_of
from tests.factories import (
    AffiliationFactory,
    AudioFileFactory,
    CreditFactory,
    EpisodeFactory,
    LiveEpisodeFactory,
    SlotFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db

ADD = "/admin/episodes/episode/add/"


def test_adding_starts_with_what_the_show_knows_and_saves_nothing(editor, show, host, slot):
    AffiliationFactory(person=host, title="Senior fellow", organisation__name="Oxus Society")
    EpisodeFactory(show=show, number=41)

    page = editor.get(f"{ADD}?show={show.pk}")
    data = form_of(page)

    assert data["number"] == "42"
    assert data["slot"] == str(show.slots.upcoming(timezone.now()).first().pk)
    assert data["notes"] == "## First story\n"
    assert data["credits-0-person"] == str(host.pk)
    assert data["credits-0-title"] == "Senior fellow"
    assert data["credits-0-organisation_text"] == "Oxus Society"
    assert "Bruce Pannier" in page.content.decode()
    assert show.episodes.count() == 1


def test_saving_the_new_episode_keeps_story_people_and_chapters(editor, show, host, slot):
    TopicFactory(name="Water")
    data = form_of(editor.get(f"{ADD}?show={show.pk}"))
    data |= {
        "title": "Ветер знает дорогу",
        "summary": "Wind.",
        "topics": [TopicFactory().pk],
        "chapters-TOTAL_FORMS": "1",
        "chapters-0-start_ms": "1:02",
        "chapters-0-title": "Steppe",
    }

    response = editor.post(f"{ADD}?show={show.pk}", data)

    episode = Episode.objects.get()
    assert response.headers["Location"] == f"{page_of(episode)}#audio"
    assert (episode.slug, episode.number, episode.status) == ("veter-znaet-dorogu", 1, "draft")
    assert [(row.person, row.role) for row in episode.credits.all()] == [(host, "Host")]
    assert episode.chapters.get().start_ms == 62_000
    assert episode.topics.count() == 1
    assert episode.history.get().history_user == response.wsgi_request.user


def test_with_several_shows_the_editor_is_asked_which(client, show, django_user_model):
    client.force_login(
        django_user_model.objects.create_user("o@example.org", is_staff=True, is_superuser=True)
    )
    EpisodeFactory()

    page = client.get(ADD).content.decode()

    assert f"?show={show.pk}" in page


def test_without_any_show_the_way_out_is_said(client, django_user_model):
    client.force_login(
        django_user_model.objects.create_user("o@example.org", is_staff=True, is_superuser=True)
    )

    assert "/admin/catalog/show/add/" in client.get(ADD).content.decode()


def test_a_save_bumps_the_version_and_stays_on_the_page(editor, episode):
    data = form_of(editor.get(page_of(episode))) | {"title": "Neutral ground, again"}

    response = editor.post(page_of(episode), data, follow=True)

    episode.refresh_from_db()
    assert (episode.title, episode.version) == ("Neutral ground, again", 2)
    assert "is saved" in response.content.decode()


def test_the_second_of_two_editors_is_told_and_loses_nothing(editor, as_role, episode):
    topics = [TopicFactory().pk, TopicFactory().pk]
    mine = form_of(editor.get(page_of(episode))) | {"notes": "My long text.", "topics": topics}
    theirs = form_of(editor.get(page_of(episode))) | {"title": "Their title"}
    as_role("producer", name="Zoë").post(page_of(episode), theirs)

    told = editor.post(page_of(episode), mine)

    page = told.content.decode()
    assert "Zoë saved this episode while you were editing" in page
    assert "Neutral ground" in page
    assert "Their title" in page
    assert "My long text." in page
    episode.refresh_from_db()
    assert (episode.title, episode.notes != "My long text.", episode.version) == (
        "Their title",
        True,
        2,
    )

    assert [int(pk) for pk in told.context["adminform"].form["topics"].value()] == topics
    decided = form_of(told) | {"title": "Their title"}
    editor.post(page_of(episode), decided)

    episode.refresh_from_db()
    assert (episode.title, episode.notes, episode.version) == ("Their title", "My long text.", 3)


def test_audio_that_arrives_while_the_page_is_open_is_not_lost(editor, episode, monkeypatch):
    data = form_of(editor.get(page_of(episode)))
    audio = AudioFileFactory(episode=episode)
    loaded = Episode.refresh_from_db
    original = Episode.full_clean

    def worker_finishes(self, *args, **kwargs):
        Episode.objects.filter(pk=episode.pk).update(audio=audio)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(Episode, "full_clean", worker_finishes)
    editor.post(page_of(episode), data | {"title": "Saved after"})

    loaded(episode)
    assert (episode.title, episode.audio) == ("Saved after", audio)


def test_the_slug_of_a_released_episode_stays_whatever_is_posted(editor, show):
    episode = LiveEpisodeFactory(show=show, slug="final")

    data = form_of(editor.get(page_of(episode))) | {"slug": "other", "title": "Corrected title"}
    editor.post(page_of(episode), data)

    episode.refresh_from_db()
    assert (episode.slug, episode.title) == ("final", "Corrected title")


def test_what_only_the_database_refuses_comes_back_as_a_sentence(editor, episode, monkeypatch):
    """Somebody releases the episode between the page's reading of it and the saving."""
    data = form_of(editor.get(page_of(episode))) | {"slug": "other", "notes": "Typed with care."}
    AudioFileFactory(episode=episode)
    original = Episode.full_clean

    def released_meanwhile(self, *args, **kwargs):
        Episode.objects.filter(pk=episode.pk).update(
            status="released", release_at=timezone.now(), audio=AudioFile.objects.get()
        )
        return original(self, *args, **kwargs)

    monkeypatch.setattr(Episode, "full_clean", released_meanwhile)
    response = editor.post(page_of(episode), data)

    assert response.status_code == 200
    page = response.content.decode()
    assert "The address of a released episode never changes" in page
    assert "Typed with care." in page


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE episodes_episode SET guid = 'x'", "GUID of an episode never changes"),
        ("DELETE FROM episodes_episode", "Withdraw it instead"),
        ("UPDATE episodes_episode SET slug = 'x'", "address of a released episode"),
        ("UPDATE episodes_audiofile SET size = 1", "An audio version never changes"),
        ("UPDATE episodes_episode SET number = 0", "start at 1"),
        ("UPDATE catalog_show SET guid = gen_random_uuid()", "podcast GUID of a show"),
    ],
)
def test_every_guard_has_its_sentence(statement, sentence):
    LiveEpisodeFactory()

    with (
        pytest.raises(IntegrityError) as error,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert sentence in explain(error.value)


def test_a_taken_slug_and_number_are_said_at_their_fields(editor, show, episode):
    EpisodeFactory(show=show, slug="taken", number=9)

    data = form_of(editor.get(page_of(episode))) | {"slug": "taken", "number": "9"}
    page = editor.post(page_of(episode), data).content.decode()

    assert "Another episode of the show has this slug" in page
    assert "Another episode of the show has this number" in page


def test_deleting_a_released_episode_leads_to_withdrawing(editor, show):
    episode = LiveEpisodeFactory(show=show)
    path = f"/admin/episodes/episode/{episode.pk}/delete/"

    for response in (editor.get(path), editor.post(path, {"post": "yes"}, follow=True)):
        assert response.status_code in {200, 302}
    assert (
        "Withdraw it instead" in editor.get(page_of(episode)).content.decode()
        or "Withdraw it instead" in response.content.decode()
    )
    assert Episode.objects.filter(pk=episode.pk).exists()


def test_a_draft_is_deleted(editor, episode):
    editor.post(f"/admin/episodes/episode/{episode.pk}/delete/", {"post": "yes"})

    assert not Episode.objects.exists()


def test_people_are_ordered_retitled_and_removed(editor, episode):
    first, second = CreditFactory(episode=episode), CreditFactory(episode=episode, order=1)
    data = form_of(editor.get(page_of(episode)))
    data |= {
        "credits-0-order": "1",
        "credits-1-order": "0",
        "credits-1-organisation_text": "New House",
        "credits-1-title": "Analyst",
    }

    editor.post(page_of(episode), data)

    assert list(episode.credits.in_order()) == [second, first]
    second.refresh_from_db()
    assert (second.title, second.organisation) == (
        "Analyst",
        Organisation.objects.get(name="New House"),
    )

    data = form_of(editor.get(page_of(episode))) | {"credits-0-DELETE": "on"}
    editor.post(page_of(episode), data)
    assert list(episode.credits.all()) == [first]


def test_the_same_person_twice_in_a_role_is_refused(editor, episode):
    row = CreditFactory(episode=episode)
    data = form_of(editor.get(page_of(episode)))
    data |= {
        "credits-TOTAL_FORMS": "2",
        "credits-1-person": row.person_id,
        "credits-1-role": "Guest",
        "credits-1-order": "1",
    }

    assert editor.post(page_of(episode), data).status_code == 200
    assert Credit.objects.count() == 1


def test_a_credit_frozen_by_the_release_changes_only_where_it_is_corrected(editor, show):
    episode = LiveEpisodeFactory(show=show)
    row = CreditFactory(
        episode=episode, title="Researcher", organisation_name="Old House", frozen_at=timezone.now()
    )

    data = form_of(editor.get(page_of(episode)))
    assert data["credits-0-organisation_text"] == "Old House"
    editor.post(page_of(episode), data)
    row.refresh_from_db()
    assert row.credited_organisation == "Old House"

    editor.post(
        page_of(episode),
        form_of(editor.get(page_of(episode))) | {"credits-0-organisation_text": "Right House"},
    )
    row.refresh_from_db()
    assert row.credited_organisation == "Right House"


@pytest.mark.parametrize(
    ("typed", "problem"), [("soon", "Write the time as"), ("0:10", "same moment")]
)
def test_a_bad_chapter_is_said_and_kept(editor, episode, typed, problem):
    Chapter.objects.create(episode=episode, start_ms=10_000, title="First")
    data = form_of(editor.get(page_of(episode)))
    data |= {
        "chapters-TOTAL_FORMS": "2",
        "chapters-1-start_ms": typed,
        "chapters-1-title": "Second",
    }

    page = editor.post(page_of(episode), data).content.decode()

    assert problem in page or "correct the duplicate" in page
    assert "Second" in page
    assert episode.chapters.count() == 1


def test_the_preview_is_the_sites_own(editor):
    page = editor.post("/admin/episodes/episode/notes/", {"notes": "# A **b** <script>x</script>"})

    html = page.content.decode()
    assert "<strong>b</strong>" in html
    assert "<script>" not in html


def test_the_address_is_proposed_from_the_title(editor, show):
    EpisodeFactory(show=show, slug="after-the-sea")

    answer = editor.get(
        "/admin/episodes/episode/slug/", {"show": show.pk, "title": "After the sea"}
    )

    assert answer.json() == {"slug": "after-the-sea-2"}


def test_the_page_takes_as_many_queries_for_many_people(editor, show, django_assert_num_queries):
    episode = EpisodeFactory(show=show)
    _credit(episode, 1)
    editor.get(page_of(episode))
    with django_assert_num_queries(40, exact=False) as few:
        editor.get(page_of(episode))

    _credit(episode, 30)
    with django_assert_num_queries(len(few)):
        editor.get(page_of(episode))


def _credit(episode, count):
    for number in range(count):
        CreditFactory(episode=episode, organisation=AffiliationFactory().organisation)
        Chapter.objects.create(
            episode=episode, start_ms=1000 * (episode.chapters.count() + number), title="Part"
        )
        AudioFileFactory(episode=episode)


def test_history_says_who_changed_what(editor, episode):
    editor.post(page_of(episode), form_of(editor.get(page_of(episode))) | {"title": "Renamed"})

    page = editor.get(f"/admin/episodes/episode/{episode.pk}/history/").content.decode()

    assert "Renamed" in page
    assert "Editor" in page


def test_a_slot_is_offered_once_it_is_free(editor, show, slot, episode):
    taken = EpisodeFactory(show=show, slot=slot)
    later = type(slot).objects.create(
        show=show, due_at=slot.due_at + timedelta(days=14), time_zone="Asia/Almaty"
    )

    offered = editor.get(page_of(episode)).context["adminform"].form.fields["slot"].queryset
    own = editor.get(page_of(taken)).context["adminform"].form.fields["slot"].queryset

    assert list(offered) == [later]
    assert list(own) == [slot, later]


def test_an_episode_is_added_for_the_slot_that_was_clicked(editor, show, slot):
    missed = SlotFactory(show=show, due_at=timezone.now() - timedelta(days=3))
    calendar = editor.get("/admin/episodes/slot/").content.decode()
    link = f"{ADD}?show={show.pk}&amp;slot={missed.pk}"

    data = form_of(editor.get(link.replace("&amp;", "&")))

    assert link in calendar
    assert data["slot"] == str(missed.pk)


def test_a_slot_of_another_show_or_a_filled_one_is_not_taken(editor, show, slot, episode):
    episode.slot = SlotFactory(show=show, due_at=timezone.now() - timedelta(days=3))
    episode.save()
    free = str(show.slots.upcoming(timezone.now()).first().pk)

    for wanted in (SlotFactory().pk, episode.slot_id, "²", ""):
        data = form_of(editor.get(f"{ADD}?show={show.pk}&slot={wanted}"))
        assert data["slot"] == free


def test_notes_as_a_browser_sends_them_are_still_seen_to_be_the_skeleton(editor, show, episode):
    show.notes_template = "One paragraph.\n\n## First story\n"
    show.save()
    data = form_of(editor.get(page_of(episode)))
    data["notes"] = show.notes_template.replace("\n", "\r\n")

    editor.post(page_of(episode), data)

    assert "The notes are still the skeleton." in editor.get(page_of(episode)).content.decode()
