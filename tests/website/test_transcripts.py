"""A transcript on the episode's page: turns of speech, and the people who speak."""

import pytest

from episodes.models import Transcript
from episodes.transcribing import store_transcript
from tests.factories import NOW, CreditFactory
from website.transcripts import read_page

pytestmark = pytest.mark.django_db


def vtt(*told):
    return "WEBVTT\n\n" + "\n\n".join(
        f"00:{at // 60:02}:{at % 60:02}.000 --> 00:{at // 60:02}:59.000\n<v {who}>{words}"
        for at, who, words in told
    )


def page_of(episode, text):
    row = Transcript(episode=episode, language="en", vtt=text)
    row.save()
    return read_page(episode, row, episode.credits.all())


def test_cues_of_one_voice_become_one_paragraph_for_a_minute(episode):
    episode.transcripts.all().delete()
    told = vtt((0, "A", "one"), (30, "A", "two"), (70, "A", "three"))

    turns = [spoken.turn for spoken in page_of(episode, told).turns]

    assert [(turn.start_ms, turn.text, turn.continues) for turn in turns] == [
        (0, "one two", False),
        (70_000, "three", True),
    ]


def test_a_speaker_who_is_credited_is_a_link_to_the_person(client, episode, guest):
    episode.transcripts.all().delete()
    store_transcript(
        episode,
        vtt((1, guest.person.name, "Water."), (2, "Passer-by", "Fire.")),
        language="en",
        by=None,
        now=NOW,
    )

    page = client.get(episode.get_absolute_url()).content.decode()

    name = guest.credited_name
    assert f'<b class="turn__speaker"><a href="/people/{guest.person.slug}/">{name}</a></b>' in page
    assert '<b class="turn__speaker">Passer-by</b>' in page


def test_a_speaker_whose_credit_is_gone_is_nobody_again(client, episode, guest):
    episode.transcripts.all().delete()
    told = vtt((1, "Anna", "Water."))
    row = store_transcript(episode, told, language="en", by=None, now=NOW)
    row.speakers.update(person=guest.person)
    guest.delete()

    page = client.get(episode.get_absolute_url()).content.decode()

    assert guest.person.name not in page
    assert '<b class="turn__speaker">Anna</b>' in page


def test_the_page_leads_to_every_form(client, episode):
    page = client.get(episode.get_absolute_url()).content.decode()

    for form in ("vtt", "srt", "json", "html", "txt"):
        path = f"/episodes/{episode.uid}/transcript.en.{form}"
        assert f'href="{path}"' in page
        assert client.get(path).status_code == 200


def test_a_text_without_times_is_read_without_them(client, episode):
    episode.transcripts.all().delete()
    store_transcript(episode, "One.\n\nTwo.", language="en", by=None, now=NOW)

    page = client.get(episode.get_absolute_url()).content.decode()

    assert "Two." in page
    assert 'class="turn__time" href' not in page
    assert "transcript.en.vtt" not in page
    assert "transcript.en.html" in page


@pytest.mark.parametrize("count", [1, 30])
def test_thirty_speakers_take_as_many_queries_as_one(
    client, episode, django_assert_num_queries, count
):
    episode.transcripts.all().delete()
    people = [CreditFactory(episode=episode).person for _ in range(count)]
    told = vtt(*((n, person.name, "Words.") for n, person in enumerate(people)))
    store_transcript(episode, told, language="en", by=None, now=NOW)
    address = episode.get_absolute_url()
    client.get(address)

    with django_assert_num_queries(13):
        page = client.get(address).content.decode()

    assert page.count("turn__speaker") == count
