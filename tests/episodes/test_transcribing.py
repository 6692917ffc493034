"""Transcripts are stored as their master, their voices known by any name of the credited."""

import pytest
from django.core.exceptions import ValidationError

from catalog.models import PersonName
from episodes.exceptions import TranscriptRefused
from episodes.models import Speaker, Transcript
from episodes.transcribing import assign_speakers, names_in, store_transcript, told_as
from episodes.transcripts.writing import FORMS
from tests.factories import (
    NOW,
    AudioFileFactory,
    CreditFactory,
    EpisodeFactory,
    PersonFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def episode():
    return EpisodeFactory(show__language="en")


@pytest.fixture
def daryana(episode):
    person = PersonFactory(name="Daryana Gryaznova")
    PersonName.objects.create(person=person, name="Дарьяна Грязнова", script="Cyrl", language="ru")
    return CreditFactory(episode=episode, person=person).person


def vtt(*labels):
    return "WEBVTT\n\n" + "\n\n".join(
        f"00:00:{n:02}.000 --> 00:00:{n:02}.900\n<v {label}>Words."
        for n, label in enumerate(labels)
    )


def store(episode, data, **options):
    return store_transcript(episode, data, **{"language": "en", "by": None, "now": NOW, **options})


def cast(episode):
    return episode.credits.select_related("person").prefetch_related("person__names")


def test_any_form_becomes_webvtt_and_says_what_it_came_as(episode):
    by = UserFactory()
    row = store(episode, b"1\n00:00:01,000 --> 00:00:02,500\nWords &c.\n", name="a.srt", by=by)

    row.refresh_from_db()
    assert row.vtt == "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nWords &amp;c.\n"
    assert (row.uploaded_as, row.uploaded_at, row.uploaded_by) == ("srt", NOW, by)
    assert row.is_timed
    assert row.findings == []


def test_remarks_are_kept_with_line_and_cue(episode):
    episode.audio = AudioFileFactory(episode=episode, duration_ms=10_000)
    episode.save()

    row = store(episode, vtt("A") + "\n\n00:09:00.000 --> 00:09:01.000\nLate.")

    [finding] = row.findings
    assert (finding["code"], finding["line"], finding["cue"]) == ("after-audio", 6, 2)
    assert finding["quoted"] == "Late."


def test_what_is_refused_changes_nothing(episode, daryana):
    store(episode, vtt("Gryaznova"))
    before = list(Transcript.objects.values()), list(Speaker.objects.values())

    with pytest.raises(TranscriptRefused) as refusal:
        store(episode, "WEBVTT\n\n00:09.000 --> 00:08.000\nWords.")

    assert [problem.code for problem in refusal.value.problems] == ["ends-before-start"]
    assert str(refusal.value).startswith("Line 3, cue 1: the cue ends")
    assert (list(Transcript.objects.values()), list(Speaker.objects.values())) == before


def test_one_transcript_for_each_language_keeps_its_address(episode):
    first = store(episode, vtt("A"))
    store(episode, vtt("A"), language="ru")
    again = store(episode, vtt("B"), language="EN")

    assert again.uid == first.uid
    assert list(episode.transcripts.values_list("language", flat=True)) == ["en", "ru"]
    assert [row.label for row in again.speakers.all()] == ["B"]


@pytest.mark.parametrize(
    ("typed", "tag"),
    [
        ("EN", "en"),
        (" ru ", "ru"),
        ("pt_br", "pt-BR"),
        ("UZ-cyrl", "uz-Cyrl"),
        ("zh-Hant-TW", None),
    ],
)
def test_a_language_has_one_spelling(episode, typed, tag):
    assert store(episode, vtt("A"), language=typed).language == (tag or typed)


@pytest.mark.parametrize("typed", ["", "English!", "e", "../x", "en\n", "x" * 20, "кк"])
def test_what_is_no_language_is_refused(episode, typed):
    if typed == "en\n":
        assert store(episode, vtt("A"), language=typed).language == "en"
        return
    with pytest.raises(TranscriptRefused, match="is no language"):
        store(episode, vtt("A"), language=typed)


@pytest.mark.parametrize(
    "label",
    [
        "Daryana Gryaznova",
        "DARYANA GRYAZNOVA",
        "Gryaznova, Daryana",
        "Gryaznova",
        "D. Gryaznova",
        "Dr. Gryaznova",
        "Дарьяна",
        "Д. ГРЯЗНОВА",
    ],
)
def test_a_credited_person_is_known_by_any_of_their_names(episode, daryana, label):
    CreditFactory(episode=episode, person__name="Svetlana Dzardanova")

    assert store(episode, vtt(label)).speakers.get().person == daryana


@pytest.mark.parametrize("label", ["First voice", "Host", "D.", "Anna", "Daryana Smith"])
def test_a_label_that_means_nobody_for_certain_stays_as_written(episode, daryana, label):
    CreditFactory(episode=episode, person__name="Anna Lee")
    CreditFactory(episode=episode, person__name="Anna Kim")

    assert store(episode, vtt(label)).speakers.get().person is None


def test_a_whole_name_counts_before_a_part_of_another(episode):
    anna = CreditFactory(episode=episode, person__name="Anna").person
    CreditFactory(episode=episode, person__name="Anna Lee")

    assert store(episode, vtt("Anna")).speakers.get().person == anna


def test_a_credited_name_makes_a_prefix_a_speaker(episode, daryana):
    srt = "1\n00:00:01,000 --> 00:00:02,000\nGryaznova: Words.\n"

    assert store(episode, srt).speakers.get().person == daryana


def test_who_was_named_by_hand_keeps_the_name_in_the_next_upload(episode, daryana):
    row = store(episode, vtt("First voice", "Second voice"))
    assign_speakers(row, {"First voice": daryana.pk})

    row = store(episode, vtt("Second voice", "First voice", "Third"))

    named = list(row.speakers.values_list("label", "person"))
    assert named == [("Second voice", None), ("First voice", daryana.pk), ("Third", None)]


def test_nobody_is_a_speaker_who_is_not_credited(episode, daryana):
    row = store(episode, vtt("A", "B"))

    with pytest.raises(TranscriptRefused, match="Credit this person"):
        assign_speakers(row, {"A": daryana.pk, "B": PersonFactory().pk})

    assert not row.speakers.exclude(person=None).exists()


@pytest.mark.parametrize(
    ("label", "language", "name"),
    [
        ("First voice", "en", "Daryana Gryaznova"),
        ("First voice", "ru", "Дарьяна Грязнова"),
        ("ДАРЬЯНА ГРЯЗНОВА", "en", "Дарьяна Грязнова"),
        ("Daryana", "kk", "Daryana Gryaznova"),
    ],
)
def test_every_form_says_the_name_that_fits_the_transcript(episode, daryana, label, language, name):
    row = store(episode, vtt(label), language=language)
    assign_speakers(row, {label: daryana.pk})

    assert names_in(row, cast(episode)) == {label: name}
    for form in FORMS.values():
        assert name in told_as(form, row, cast(episode))


def test_the_credited_name_counts_and_only_while_it_is_credited(episode, daryana):
    row = store(episode, vtt("First voice"))
    assign_speakers(row, {"First voice": daryana.pk})
    episode.credits.update(name="D. G., as credited")

    assert names_in(row, cast(episode)) == {"First voice": "D. G., as credited"}
    episode.credits.all().delete()
    assert names_in(row, cast(episode)) == {}


def test_naming_speakers_changes_when_the_transcript_changed(episode, daryana):
    row = store(episode, vtt("First voice"))
    Transcript.objects.update(updated_at=NOW.replace(year=2020))
    row.refresh_from_db()

    assign_speakers(row, {"First voice": None})
    row.refresh_from_db()
    assert row.updated_at.year == 2020

    assign_speakers(row, {"First voice": daryana.pk})
    row.refresh_from_db()
    assert row.updated_at.year > 2020


def test_a_label_too_long_for_its_column_is_cut_and_taken(episode):
    row = store(episode, vtt("A" * 300))

    assert row.speakers.get().label == "A" * 128
    assert f"<v {'A' * 128}>" in row.vtt


def test_a_transcript_without_an_episode_is_no_transcript():
    with pytest.raises(ValidationError):
        Transcript(language="en", vtt="WEBVTT").full_clean()
