"""The transcript panel of an episode's page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from episodes.models import Transcript
from episodes.transcribing import store_transcript
from tests.desk.conftest import page_of
from tests.factories import NOW, CreditFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db

FETCH = {"HTTP_X_REQUESTED_WITH": "fetch"}
VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v Anna>Low water.\n"
BAD = VTT + "\n00:12:07.000 --> 00:12:01.000\n<v Anna><script>alert(1)</script>\n"


@pytest.fixture
def doors(episode):
    return f"/admin/episodes/episode/{episode.pk}/transcripts/"


@pytest.fixture
def anna(episode):
    return CreditFactory(episode=episode, person__name="Anna Lee").person


def file(text=VTT, name="words.vtt"):
    return SimpleUploadedFile(name, text.encode())


def store(episode, text=VTT, **options):
    options = {"language": "en", "by": None, "now": NOW} | options
    return store_transcript(episode, text, **options)


def test_without_a_transcript_the_panel_says_what_one_is_good_for(editor, episode):
    page = editor.get(page_of(episode)).content.decode()

    assert "No transcript yet." in page
    assert 'name="language" value="en"' in page


def test_a_file_becomes_the_transcript_with_its_speakers_named(editor, episode, doors, anna):
    answer = editor.post(doors, {"language": "", "file": file()}, **FETCH)

    panel = answer.content.decode()
    [row] = Transcript.objects.all()
    assert answer.status_code == 200
    assert (row.language, row.uploaded_as, row.vtt) == ("en", "vtt", VTT)
    assert row.uploaded_by.memberships.get().show == episode.show
    assert row.speakers.get().person == anna
    assert f'<option value="{anna.pk}" selected>Anna Lee</option>' in panel
    assert f"/episodes/{episode.uid}/transcript.en.srt" in panel
    assert "2 words" in panel


def test_a_pasted_text_is_taken_without_a_script_too(editor, episode, doors):
    answer = editor.post(doors, {"language": "ru", "text": "Вера: Вода.\n\nВера: Снег."})

    assert answer.status_code == 302
    assert answer["Location"].endswith("#transcripts")
    row = Transcript.objects.get()
    assert (row.language, row.is_timed) == ("ru", False)
    page = editor.get(page_of(episode)).content.decode()
    assert "no times" in page
    assert "transcript.ru.vtt" not in page


def test_a_refused_file_is_explained_by_line_and_changes_nothing(editor, episode, doors):
    store(episode)

    answer = editor.post(doors, {"language": "en", "file": file(BAD), "seen-en": ""}, **FETCH)

    panel = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 6, cue 2: the cue ends (0:12:01) before it starts (0:12:07)." in panel
    assert "&lt;script&gt;alert(1)" in panel
    assert "<script>" not in panel
    assert Transcript.objects.get().vtt == VTT


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Choose a file, or paste the transcript."),
        ({"text": "words", "language": "Klingon!"}, "“Klingon!” is no language."),
        ({"file": SimpleUploadedFile("a.docx", b"PK\x03\x04")}, "a Word document"),
        ({"file": SimpleUploadedFile("a.vtt", b"x" * (5 * 2**20 + 1))}, "larger than 5 MB"),
        (
            {"text": "a\x00b \ud800".encode("utf-8", "replace").decode(), "language": "\x00"},
            "no lang",
        ),
    ],
)
def test_what_cannot_be_taken_gets_a_sentence(editor, doors, data, sentence):
    answer = editor.post(doors, data, **FETCH)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Transcript.objects.exists()


def test_remarks_stay_with_the_transcript_in_the_editors_language(editor, episode, doors):
    store(episode, VTT + "\n00:00:02.000 --> 00:00:05.000\nMore.\n")

    page = editor.get(page_of(episode)).content.decode()

    assert "1 remark on this file" in page
    assert "before the one above it has ended (0:00:04)" in page
    assert "<q" in page


def test_a_transcript_that_came_meanwhile_is_not_overwritten_unseen(editor, episode, doors):
    other = UserFactory(name="Other Editor")
    store(episode, by=other)
    data = {"language": "en", "text": "Mine: words", "seen-en": "2020-01-01T00:00:00+00:00"}

    refused = editor.post(doors, data, **FETCH)
    first_time = editor.post(doors, {"language": "en", "text": "Mine: words"}, **FETCH)

    for answer in (refused, first_time):
        assert answer.status_code == 422
        assert "uploaded a transcript in this language" in answer.content.decode()
    assert Transcript.objects.get().vtt == VTT
    mark = Transcript.objects.get().uploaded_at.isoformat()
    assert f'name="seen-en" value="{mark}"' in refused.content.decode()
    assert editor.post(doors, data | {"seen-en": mark}, **FETCH).status_code == 200


def test_naming_a_speaker_changes_the_name_in_every_form(editor, episode, doors, anna):
    row = store(episode, VTT.replace("Anna", "First voice"))
    speaker = row.speakers.get()

    answer = editor.post(
        f"{doors}speakers/", {"transcript": "en", f"speaker-{speaker.pk}": anna.pk}, **FETCH
    )

    assert answer.status_code == 200
    for form in ("vtt", "srt", "json", "html", "txt"):
        told = editor.get(f"/episodes/{episode.uid}/transcript.en.{form}").content.decode()
        assert "Anna Lee" in told
        assert "First voice" not in told

    editor.post(f"{doors}speakers/", {"transcript": "en", f"speaker-{speaker.pk}": ""}, **FETCH)
    speaker.refresh_from_db()
    assert speaker.person is None


@pytest.mark.parametrize("chosen", ["not credited", "9" * 30, "x", "-1"])
def test_only_somebody_credited_becomes_a_speaker(editor, episode, doors, chosen):
    row = store(episode)
    speaker = row.speakers.get()
    chosen = PersonFactory().pk if chosen == "not credited" else chosen

    editor.post(f"{doors}speakers/", {"transcript": "en", f"speaker-{speaker.pk}": chosen}, **FETCH)

    speaker.refresh_from_db()
    assert speaker.person is None


def test_deleting_takes_the_one_language_away(editor, episode, doors):
    store(episode)
    store(episode, language="ru")

    answer = editor.post(f"{doors}delete/", {"transcript": "en"}, **FETCH)

    assert "The transcript (en) is deleted." in answer.content.decode()
    assert [row.language for row in Transcript.objects.all()] == ["ru"]
    assert editor.post(f"{doors}delete/", {"transcript": "en"}, **FETCH).status_code == 404
    assert editor.get(f"{doors}delete/").status_code == 405


@pytest.mark.parametrize(
    ("role", "may"), [("producer", True), ("reviewer", False), ("analyst", False)]
)
def test_who_edits_the_episode_edits_its_transcript(as_role, episode, doors, role, may):
    row = store(episode)
    client = as_role(role)

    statuses = [
        client.post(doors, {"file": file(), "seen-en": row.uploaded_at.isoformat()}).status_code,
        client.post(f"{doors}speakers/", {"transcript": "en"}).status_code,
        client.post(f"{doors}delete/", {"transcript": "en"}).status_code,
    ]

    assert statuses == ([302] * 3 if may else [404] * 3)
    assert Transcript.objects.exists() is not may
    panel = client.get(doors, **FETCH).content.decode()
    assert ("transcript-form" in panel) is may


@pytest.mark.parametrize("count", [1, 30])
def test_thirty_speakers_take_as_many_queries_as_one(
    editor, episode, doors, django_assert_num_queries, count
):
    people = [CreditFactory(episode=episode).person for _ in range(count)]
    cues = (f"00:00:{n:02}.000 --> 00:00:{n:02}.900\n<v {p.name}>x" for n, p in enumerate(people))
    store(episode, "WEBVTT\n\n" + "\n\n".join(cues), by=UserFactory(), now=timezone.now())
    editor.get(doors, **FETCH)

    with django_assert_num_queries(9):
        panel = editor.get(doors, **FETCH).content.decode()

    assert panel.count("<select") == count
