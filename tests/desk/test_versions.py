"""The versions of the audio on the episode's page: what there is, what is in it, what to do."""

import io
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from catalog.models import Membership
from episodes import inspection, storing
from episodes.intake import receive
from episodes.models import AudioFile, Episode, Job
from episodes.tasks import label_due
from tests.desk.conftest import form_of, page_of
from tests.episodes.audio import corpus
from tests.factories import AudioFileFactory, CreditFactory

pytestmark = pytest.mark.django_db

FETCH = {"HTTP_X_REQUESTED_WITH": "fetch"}


def upload(episode, name="cbr-info-stereo.mp3", by=None):
    data = io.BytesIO(corpus.sound(name))
    sent = receive(data, episode=episode, by=by, original_name=name, now=timezone.now())
    inspection.inspect(sent.pk)
    episode.refresh_from_db()


def write_due():
    Job.objects.filter(done_at=None).update(not_before=Now() - timedelta(seconds=1))
    label_due()


def panel_of(client, episode):
    return client.get(f"/admin/episodes/episode/{episode.pk}/audio/", **FETCH).content.decode()


def post(client, episode, **data):
    return client.post(f"/admin/episodes/episode/{episode.pk}/audio/versions/", data, **FETCH)


def make_live(episode):
    moment = timezone.now() - timedelta(hours=1)
    Episode.objects.filter(pk=episode.pk).update(status="released", release_at=moment)


def test_a_file_without_our_tags_is_busy_until_they_are_written(editor, episode, media):
    CreditFactory(episode=episode, person__name="Daryana Gryaznova", title="Lawyer")
    upload(episode)
    before = panel_of(editor, episode)
    write_due()
    after = panel_of(editor, episode)

    assert "being written into the tags of a copy" in before
    assert "data-busy" in before
    assert "being written into the tags" not in after
    assert "What is in the tags" in after
    assert "Daryana Gryaznova, Lawyer" in after
    assert "2 versions" in after


def test_every_version_tells_what_it_is_who_sent_it_and_can_be_fetched(editor, episode, media):
    user = Membership.objects.get(role="editor").user
    upload(episode, by=user)
    write_due()
    original = AudioFile.objects.get(kind="original")

    told = panel_of(editor, episode)

    assert "As uploaded" in told
    assert "With tags" in told
    assert str(user) in told
    assert original.sha256[:12] in told
    address = f"/audio/{original.uid}/{episode.slug}.mp3"
    assert f'href="{address}" download' in told
    assert (
        b"".join(editor.get(address).streaming_content)
        == storing.full_path(original.path).read_bytes()
    )


def test_why_a_version_exists_is_told_in_the_readers_language(as_role, episode, media):
    upload(episode)
    write_due()

    panel = panel_of(as_role(Membership.Role.EDITOR, language="ru"), episode)

    assert "Теги записаны Fortnight." in panel
    assert "Загружено как «" in panel


def test_what_was_remarked_on_an_original_stays_in_sight_when_its_copy_is_in_use(
    editor, episode, media
):
    upload(episode)
    remark = {"code": "old", "message": "Something of the tool that wrote it.", "values": {}}
    AudioFile.objects.update(findings=[remark])
    write_due()
    AudioFile.objects.filter(kind="published").update(findings=[])

    assert panel_of(editor, episode).count("Something of the tool that wrote it.") == 1


def test_saving_the_page_of_a_draft_lets_the_tags_follow(editor, episode, media):
    upload(episode)
    write_due()
    data = form_of(editor.get(page_of(episode)))

    editor.post(page_of(episode), data | {"title": "Another title"})
    assert "behind the page (title)" in panel_of(editor, episode)
    write_due()

    episode.refresh_from_db()
    assert episode.audio.tags["title"] == "Another title"


def test_saving_the_page_of_a_live_episode_changes_no_file_until_somebody_says_so(
    editor, episode, media
):
    upload(episode)
    write_due()
    make_live(episode)
    episode.refresh_from_db()
    out = episode.audio
    data = form_of(editor.get(page_of(episode)))
    editor.post(page_of(episode), data | {"title": "Another title"})
    write_due()
    episode.refresh_from_db()
    assert episode.audio == out
    told = panel_of(editor, episode)
    assert "behind the page (title, date" in told
    assert "Write them into a new version" in told

    answer = post(editor, episode, write="1")
    assert answer.status_code == 200
    assert "data-busy" in answer.content.decode()
    write_due()

    episode.refresh_from_db()
    assert episode.audio != out
    assert episode.audio.tags["title"] == "Another title"
    assert post(editor, episode, write="1").status_code == 422


def test_an_older_original_is_used_again(editor, episode, media):
    upload(episode)
    first = episode.audio
    upload(episode, "vbr-xing.mp3")
    write_due()
    assert f'name="use" value="{first.uid}"' in panel_of(editor, episode)

    assert post(editor, episode, use=str(first.uid)).status_code == 200
    write_due()

    episode.refresh_from_db()
    assert episode.audio.source == first


@pytest.mark.parametrize("use", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_version_that_is_not_the_episodes_is_not_found(editor, episode, media, use):
    foreign = AudioFileFactory()

    assert post(editor, episode, use=use).status_code == 404
    assert post(editor, episode, use=str(foreign.uid)).status_code == 404


def test_a_labelled_copy_is_no_source(editor, episode, media):
    upload(episode)
    write_due()
    episode.refresh_from_db()

    answer = post(editor, episode, use=str(episode.audio.uid))

    assert answer.status_code == 422
    assert "Choose an uploaded file or a master" in answer.content.decode()


def test_a_failure_says_why_and_retry_begins_again(editor, episode, media, caplog):
    upload(episode)
    path = storing.full_path(episode.audio.path)
    path.rename(media / "elsewhere")
    for _ in range(5):
        write_due()
    told = panel_of(editor, episode)
    assert "could not be written, several times" in told
    assert "No such file" in told

    (media / "elsewhere").rename(path)
    post(editor, episode, write="1")
    write_due()

    assert "could not be written" not in panel_of(editor, episode)
    assert AudioFile.objects.filter(kind="published").exists()


def test_a_file_without_tags_says_what_becomes_of_it(editor, episode, media):
    upload(episode, "pcm16.aiff")

    assert "An MP3 is made of it" in panel_of(editor, episode)


def test_who_may_not_upload_sees_versions_and_no_buttons(as_role, episode, media):
    upload(episode)
    make_live(episode)
    reader = as_role(Membership.Role.ANALYST)

    told = panel_of(reader, episode)

    assert "As uploaded" in told
    assert "Write them into a new version" not in told
    assert post(reader, episode, write="1").status_code == 404


def test_the_panel_takes_as_many_queries_for_many_versions(
    editor, episode, media, django_assert_num_queries
):
    upload(episode)
    write_due()
    path = f"/admin/episodes/episode/{episode.pk}/audio/"
    editor.get(path, **FETCH)
    with django_assert_num_queries(25, exact=False) as few:
        editor.get(path, **FETCH)

    for _ in range(29):
        AudioFileFactory(episode=episode)
        CreditFactory(episode=episode)
    with django_assert_num_queries(len(few)):
        editor.get(path, **FETCH)
