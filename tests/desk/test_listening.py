"""What was heard, on the episode's page: figures, picture, remarks, and what can be done."""

import io
import re

import pytest
from django.utils import timezone, translation

from catalog.models import Membership
from desk.templatetags.desk import kilohertz
from episodes import inspection, listening, mastering
from episodes.audio import ffmpeg
from episodes.intake import receive
from episodes.models import Job
from episodes.tasks import listen_due, master_due
from tests.episodes.audio import corpus
from tests.episodes.sounds import nothing, parts, sine, write_wav

pytestmark = pytest.mark.django_db

FETCH = {"HTTP_X_REQUESTED_WITH": "fetch"}


def upload(episode, data, name="episode.mp3"):
    sent = receive(
        io.BytesIO(data), episode=episode, by=None, original_name=name, now=timezone.now()
    )
    inspection.inspect(sent.pk)
    episode.refresh_from_db()
    return episode.audio


def report_of(client, episode):
    html = client.get(f"/admin/episodes/episode/{episode.pk}/audio/", **FETCH).content.decode()
    return html.partition('data-part="report"')[2].partition('data-part="versions"')[0]


def post(client, episode, **data):
    return client.post(f"/admin/episodes/episode/{episode.pk}/audio/listening/", data, **FETCH)


def test_it_says_that_it_listens_and_then_what_it_heard(editor, episode, media, tmp_path):
    seconds, wave = parts((3, sine(-30)), (3, nothing), (2, sine(-30)))
    version = upload(episode, write_wav(tmp_path / "x.wav", seconds, wave, wave).read_bytes())
    Job.objects.filter(kind=mastering.KIND).delete()
    before = report_of(editor, episode)
    listening.listen(version.pk)
    after = report_of(editor, episode)

    assert "It is being listened to" in before
    assert "data-busy" in before
    assert "data-busy" not in after
    assert re.search(r"−30\.\d LUFS", after)
    assert re.search(r"14\.\d dB quieter than podcasts usually are", after)
    assert "−30.0 dBTP" in after
    assert "under the limit of −1" in after
    assert 'class="desk-wave__silence" x="150.0" width="150.0"' in after
    assert "Press Normalise, or export it again." in after
    assert 'value="normalise"' in after


def test_figures_are_rounded_as_the_remarks_are_and_not_cut(editor, episode, media, tmp_path):
    seconds, wave = parts((4, sine(-30)))
    version = upload(episode, write_wav(tmp_path / "x.wav", seconds, wave, wave).read_bytes())
    listening.listen(version.pk)
    type(version).objects.filter(pk=version.pk).update(integrated_lufs=-30.16)

    heard = report_of(editor, episode)

    assert "−30.2 LUFS" in heard
    assert "14.2 dB quieter than podcasts usually are" in heard


def test_an_episode_without_audio_has_no_report(editor, episode, media):
    assert "desk-heard" not in report_of(editor, episode)


def test_normalise_shows_progress_then_the_result_and_the_way_back(editor, episode, media):
    upload(episode, corpus.sound("aac-faststart.m4a"), "x.m4a")
    listen_due()

    during = post(editor, episode, do="normalise").content.decode()
    master_due()
    after = report_of(editor, episode)

    assert "It is being normalised: about 10 seconds." in during
    assert "data-busy" in during
    assert "This was made of the original: normalised" in after
    assert 'value="normalise"' not in after
    assert "Use the original" in after


def test_what_is_neither_mp3_nor_m4a_can_be_made_an_mp3(editor, episode, media):
    upload(episode, corpus.sound("opus.opus"), "x.opus")
    assert 'value="encode"' in report_of(editor, episode)

    post(editor, episode, do="encode")
    master_due()

    episode.refresh_from_db()
    assert episode.audio.extension == "mp3"
    assert "This is an MP3 that was made of the original." in report_of(editor, episode)


def test_five_failures_are_shown_with_a_button(editor, episode, media, monkeypatch):
    version = upload(episode, corpus.bare_mp3())
    job = Job.objects.filter(kind=listening.KIND)
    with monkeypatch.context() as patch:
        patch.setattr(ffmpeg, "find_ffmpeg", _missing)
        for _ in range(5):
            job.update(not_before=timezone.now().replace(year=2000), lease_until=None)
            listen_due()
    failed = report_of(editor, episode)

    answer = post(editor, episode, do="listen")
    listen_due()

    assert "There is no ffmpeg." in failed
    assert "the episode can be released" in failed
    assert "It is being listened to" in answer.content.decode()
    version.refresh_from_db()
    assert version.sound_report is not None


def _missing():
    raise ffmpeg.FfmpegError("There is no ffmpeg.")


@pytest.mark.parametrize("wanted", ["", "x", "listen"])
def test_nonsense_and_what_is_done_are_answered_in_words(editor, episode, media, wanted):
    upload(episode, corpus.bare_mp3())
    listen_due()

    response = post(editor, episode, do=wanted)

    assert response.status_code == 422
    assert "There is nothing to do." in response.content.decode()


def test_who_only_reads_sees_the_report_and_no_buttons(as_role, episode, media):
    reader = as_role(Membership.Role.ANALYST)
    upload(episode, corpus.sound("opus.opus"), "x.opus")
    listen_due()

    shown = report_of(reader, episode)

    assert "LUFS" in shown
    assert "<button" not in shown
    assert post(reader, episode, do="normalise").status_code in {403, 404}
    assert not Job.objects.filter(kind=mastering.KIND).exists()


def test_numbers_and_remarks_come_in_the_readers_language(as_role, episode, media):
    russian = as_role(Membership.Role.EDITOR, language="ru")
    upload(episode, corpus.bare_mp3())
    listen_due()

    assert "," in report_of(russian, episode).partition(" LUFS")[0][-5:]


def test_a_sample_rate_has_the_readers_decimal_mark_and_no_idle_zeros():
    with translation.override("ru"):
        assert [kilohertz(44_100), kilohertz(48_000)] == ["44,1 кГц", "48 кГц"]
