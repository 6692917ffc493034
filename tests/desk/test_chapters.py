"""The table of chapters on the page, what is read for it, and what is taken away."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pillow

from catalog.artwork import store_image
from catalog.models import Membership
from desk.episode.chapter_rows import token_of
from episodes.models import Chapter, Episode, Job
from tests.desk.conftest import form_of, page_of
from tests.factories import AudioFileFactory, EpisodeFactory, LiveEpisodeFactory

pytestmark = pytest.mark.django_db

READ = "/admin/episodes/episode/chapters/"


@pytest.fixture
def chapters(episode):
    return [
        Chapter.objects.create(episode=episode, start_ms=start, title=title)
        for start, title in ((0, "Opening"), (60_000, "Граница"))
    ]


def png(colour="#287"):
    buffer = io.BytesIO()
    Pillow.new("RGB", (200, 200), colour).save(buffer, "PNG")
    return buffer.getvalue()


def stored(episode):
    return list(episode.chapters.values_list("start_ms", "title"))


def formset(response):
    inlines = response.context["inline_admin_formsets"]
    return next(each.formset for each in inlines if each.formset.prefix == "chapters")


def import_page(episode):
    return f"/admin/episodes/episode/{episode.pk}/chapters/"


def export(episode, form):
    return f"{import_page(episode)}{form}/"


def rows(*pairs):
    """Return the fields that a table with these starts and titles sends."""
    data = {"chapters-TOTAL_FORMS": str(len(pairs))}
    for number, (start, title) in enumerate(pairs):
        data |= {f"chapters-{number}-start_ms": start, f"chapters-{number}-title": title}
    return data


def without_rows(data):
    return {name: value for name, value in data.items() if not name.startswith("chapters-0") and not name.startswith("chapters-1")}  # fmt: skip  # noqa: E501


# --- The table ------------------------------------------------------------------------------------


def test_times_stand_in_the_table_as_people_write_them(editor, episode):
    Chapter.objects.create(episode=episode, start_ms=3_723_500, title="Late")

    data = form_of(editor.get(page_of(episode)))

    assert data["chapters-0-start_ms"] == "1:02:03.500"


def test_saving_the_page_unchanged_leaves_the_rows_alone(editor, episode, chapters):
    editor.post(page_of(episode), form_of(editor.get(page_of(episode))))

    assert [row.pk for row in episode.chapters.all()] == [row.pk for row in chapters]


def test_rows_swap_and_go_and_come_in_one_saving(editor, episode, chapters):
    data = without_rows(form_of(editor.get(page_of(episode))))
    data |= rows(("1:00", "Opening"), ("0", "Граница"), ("", ""), ("0:30.5", "Between"))
    data["chapters-3-hidden"] = "on"

    editor.post(page_of(episode), data)

    assert stored(episode) == [(0, "Граница"), (30_500, "Between"), (60_000, "Opening")]
    assert episode.chapters.get(start_ms=30_500).hidden


def test_removing_without_scripts_is_a_tick(editor, episode, chapters):
    data = form_of(editor.get(page_of(episode))) | {"chapters-0-DELETE": "on"}

    editor.post(page_of(episode), data)

    assert stored(episode) == [(60_000, "Граница")]


@pytest.mark.parametrize(
    ("start", "title", "url", "sentence"),
    [
        ("soon", "A", "", "Write the time as"),
        ("1:75", "A", "", "Write the time as"),
        ("", "A", "", "This field is required"),
        ("5", "", "", "This field is required"),
        ("5", "x" * 256, "", "at most 255 characters"),
        ("5", "A", "javascript:alert(1)", "Enter a valid URL"),
        ("0", "A", "", "start at the same moment"),
        ("2:00", "A", "", "after the end of the audio"),
    ],
)
def test_what_is_wrong_is_said_at_its_row_and_kept(
    editor, episode, chapters, start, title, url, sentence
):
    episode.audio = AudioFileFactory(episode=episode, duration_ms=120_000)
    episode.save()
    data = form_of(editor.get(page_of(episode)))
    data |= {
        "chapters-TOTAL_FORMS": "3",
        "chapters-2-start_ms": start,
        "chapters-2-title": title,
        "chapters-2-url": url,
    }

    answer = editor.post(page_of(episode), data)

    page = answer.content.decode()
    assert sentence in page
    assert title in page
    assert stored(episode) == [(0, "Opening"), (60_000, "Граница")]


def test_a_picture_is_taken_in_kept_and_dropped(editor, episode, chapters, media):
    data = form_of(editor.get(page_of(episode)))
    data["chapters-1-picture"] = SimpleUploadedFile("map.php", png(), "image/png")
    data["chapters-1-picture_alt"] = "A map"
    editor.post(page_of(episode), data)
    image = episode.chapters.get(start_ms=60_000).image
    assert image.alt == "A map"

    editor.post(page_of(episode), form_of(editor.get(page_of(episode))) | {"title": "Other"})
    assert episode.chapters.get(start_ms=60_000).image == image

    data = form_of(editor.get(page_of(episode)))
    data["chapters-1-kept_image"] = ""
    editor.post(page_of(episode), data)
    assert episode.chapters.get(start_ms=60_000).image is None


def test_a_picture_outlives_a_mistake_elsewhere_on_the_page(editor, episode, chapters, media):
    data = form_of(editor.get(page_of(episode)))
    data["chapters-1-picture"] = SimpleUploadedFile("map.png", png(), "image/png")
    told = editor.post(page_of(episode), data | {"title": ""})

    editor.post(page_of(episode), form_of(told) | {"title": "Mended"})

    assert episode.chapters.get(start_ms=60_000).image is not None


def test_a_file_that_is_no_picture_is_told_at_its_row(editor, episode, chapters, media):
    data = form_of(editor.get(page_of(episode)))
    data["chapters-1-picture"] = SimpleUploadedFile("x.png", b"<svg/>", "image/png")

    assert "This is an SVG" in editor.post(page_of(episode), data).content.decode()


def test_a_picture_is_known_by_our_word_and_not_by_its_number(editor, episode, chapters, media):
    secret = store_image(io.BytesIO(png("#721")), alt="Secret cover")

    for token in (str(secret.pk), f"{secret.pk}:x", "²", token_of(secret)[:-1]):
        data = form_of(editor.get(page_of(episode))) | {"chapters-1-kept_image": token}
        editor.post(page_of(episode), data)
        assert episode.chapters.get(start_ms=60_000).image is None


def test_without_scripts_three_empty_rows_wait_at_the_end(editor, episode, chapters):
    page = editor.get(page_of(episode)).content.decode()
    assert 'name="chapters-TOTAL_FORMS" value="5"' in page
    assert page.count('name="chapters-4-start_ms"') == 1

    data = form_of(editor.get(page_of(episode))) | {
        "chapters-TOTAL_FORMS": "5",
        "chapters-3-start_ms": "0:30",
        "chapters-3-title": "Typed without scripts",
    }
    editor.post(page_of(episode), data)

    assert (30_000, "Typed without scripts") in stored(episode)


def test_five_hundred_chapters_are_saved(editor, episode):
    data = form_of(editor.get(page_of(episode)))
    for number in range(500):
        data |= {f"chapters-{number}-{name}": "" for name in ("url", "kept_image", "picture_alt")}
    data |= rows(*((str(number), f"Part {number}") for number in range(500)))

    editor.post(page_of(episode), data)

    assert episode.chapters.count() == 500


# --- Two editors, and the worker ------------------------------------------------------------------


def test_chapters_that_arrive_while_the_page_is_open_are_not_lost(editor, episode):
    data = form_of(editor.get(page_of(episode)))
    Chapter.objects.create(episode=episode, start_ms=0, title="From the file")

    editor.post(page_of(episode), data | {"title": "Saved after"})

    assert Episode.objects.get(pk=episode.pk).title == "Saved after"
    assert stored(episode) == [(0, "From the file")]


def test_who_wrote_chapters_meanwhile_is_told_and_decides(editor, episode):
    mine = form_of(editor.get(page_of(episode))) | rows(("0:10", "Mine"))
    Chapter.objects.create(episode=episode, start_ms=0, title="From the file")

    told = editor.post(page_of(episode), mine)

    page = told.content.decode()
    assert "The chapters were changed while you were editing: there is 1 now." in page
    assert "Mine" in page
    assert stored(episode) == [(0, "From the file")]
    editor.post(page_of(episode), form_of(told))
    assert stored(episode) == [(10_000, "Mine")]


def test_a_row_that_another_editor_removed_is_no_error(editor, as_role, episode, chapters):
    mine = form_of(editor.get(page_of(episode))) | {"chapters-1-title": "Mine"}
    theirs = form_of(editor.get(page_of(episode))) | {"chapters-1-DELETE": "on"}
    as_role("producer", name="Zoë").post(page_of(episode), theirs)
    assert stored(episode) == [(0, "Opening")]

    told = editor.post(page_of(episode), mine)
    assert "Zoë saved this episode" in told.content.decode()
    editor.post(page_of(episode), form_of(told))

    assert stored(episode) == [(0, "Opening"), (60_000, "Mine")]


# --- Reading for the table ------------------------------------------------------------------------


def test_a_pasted_list_is_told_back_line_by_line(editor, episode):
    episode.audio = AudioFileFactory(episode=episode, duration_ms=60_000)
    episode.save()
    text = "0:10 Саммит (https://a.example)\nno time\n2:00 Far"

    told = editor.post(f"{READ}?episode={episode.pk}", {"source": "text", "text": text}).json()

    assert told["source"] == "list"
    assert [(row["start"], row["title"], row["url"]) for row in told["marks"]] == [
        ("0:00:10", "Саммит", "https://a.example"),
        ("0:02:00", "Far", ""),
    ]
    assert told["problems"] == ["Line 2: no time was found. “no time”"]
    assert [(each["row"], each["refuses"]) for each in told["remarks"]] == [
        (1, True),
        (None, False),
    ]
    assert not episode.chapters.exists()


def test_a_new_episode_has_its_list_read_too(editor):
    told = editor.post(READ, {"source": "text", "text": "0:00 A"}).json()

    assert [row["title"] for row in told["marks"]] == ["A"]


def test_files_notes_and_audio_are_read(editor, episode):
    audio = AudioFileFactory(
        episode=episode,
        embedded_chapters=[{"start_ms": 0, "end_ms": None, "title": "In the file", "url": ""}],
    )
    episode.audio = AudioFileFactory(episode=episode, kind="published", source=audio)
    episode.save()
    file = SimpleUploadedFile("c.json", b'{"chapters":[{"startTime":1.5,"title":"From JSON"}]}')
    questions = [
        ({"source": "audio"}, "In the file", "audio"),
        ({"source": "notes", "notes": "# A\n- 0:10 Typed just now"}, "Typed just now", "notes"),
        ({"source": "text", "file": file}, "From JSON", "json"),
    ]

    for data, title, source in questions:
        told = editor.post(f"{READ}?episode={episode.pk}", data).json()
        assert ([row["title"] for row in told["marks"]], told["source"]) == ([title], source)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Paste a list, or choose a file."),
        ("{", "This looks like JSON, but it is broken"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><chapters/>', "declares a document type"),
        ("<rss/>", "XML without chapters"),
        ("x" * 1_100_000, "larger than 1 MB"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(editor, episode, text, sentence):
    answer = editor.post(f"{READ}?episode={episode.pk}", {"source": "text", "text": text})

    assert answer.status_code == 422
    assert sentence in answer.json()["error"]


@pytest.mark.parametrize("source", ["text", "audio", "notes"])
def test_who_may_not_edit_reads_nothing(as_role, episode, source):
    foreign = EpisodeFactory()
    for role, address in (
        (Membership.Role.ANALYST, f"{READ}?episode={episode.pk}"),
        (Membership.Role.ANALYST, READ),
        (Membership.Role.OWNER, f"{READ}?episode={foreign.pk}"),
    ):
        data = {"source": source, "text": "0:00 A", "notes": "0:00 A"}
        assert as_role(role).post(address, data).status_code == 404


def test_an_analyst_reads_the_list_and_no_fields(as_role, episode, chapters):
    page = as_role(Membership.Role.ANALYST).get(page_of(episode)).content.decode()

    assert "Граница" in page
    assert "chapters-0-title" not in page


# --- Without scripts ------------------------------------------------------------------------------


def test_a_list_is_shown_replaced_and_put_back_without_scripts(editor, episode, chapters):
    open_page = form_of(editor.get(page_of(episode)))
    text = "0:00 A\nno time\n0:30 Б"

    shown = editor.post(import_page(episode), {"source": "text", "text": text}).content.decode()
    assert "2 chapters found" in shown
    assert "Line 2: no time was found." in shown
    assert stored(episode) == [(0, "Opening"), (60_000, "Граница")]

    editor.post(import_page(episode), {"source": "text", "text": text, "step": "replace"})
    assert stored(episode) == [(0, "A"), (30_000, "Б")]
    told = editor.post(page_of(episode), open_page | {"chapters-0-title": "Old page"})
    assert "saved this episode while you were editing" in told.content.decode()

    assert "Put back" in editor.get(import_page(episode)).content.decode()
    editor.post(import_page(episode), {"step": "undo"})
    assert stored(episode) == [(0, "Opening"), (60_000, "Граница")]


def test_a_chosen_file_is_still_there_when_it_is_confirmed(editor, episode):
    file = SimpleUploadedFile("c.txt", b"0:00 From a file\n0:10 B")

    page = editor.post(import_page(episode), {"source": "text", "file": file})
    data = {"source": page.context["source"], "text": page.context["text"], "step": "replace"}
    editor.post(import_page(episode), data)

    assert stored(episode) == [(0, "From a file"), (10_000, "B")]


def test_a_list_that_cannot_be_is_refused_in_words_without_scripts(editor, episode, chapters):
    text = "0:00 A\n0:00 B"

    page = editor.post(import_page(episode), {"source": "text", "text": text, "step": "replace"})

    assert "start at the same moment" in page.content.decode()
    assert "0:00 B" in page.content.decode()
    assert len(stored(episode)) == 2
    assert stored(episode)[0] == (0, "Opening")


# --- Taking away ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "media_type", "ending"),
    [
        ("json", "application/json+chapters", "chapters.json"),
        ("psc", "application/xml", "psc.xml"),
        ("vtt", "text/vtt", "chapters.vtt"),
        ("list", "text/plain", "chapters.txt"),
        ("notes", "text/markdown", "chapters.md"),
    ],
)
def test_what_is_taken_away_can_be_brought_back(
    editor, episode, chapters, form, media_type, ending
):
    answer = editor.get(export(episode, form))

    assert answer["Content-Type"] == f"{media_type}; charset=utf-8"
    assert f'filename="neutral-ground.{ending}"' in answer["Content-Disposition"]
    file = SimpleUploadedFile(f"x.{ending}", answer.content)
    told = editor.post(f"{READ}?episode={episode.pk}", {"source": "text", "file": file}).json()
    assert [(row["start"], row["title"]) for row in told["marks"]] == [
        ("0:00:00", "Opening"),
        ("0:01:00", "Граница"),
    ]
    assert told["problems"] == []


def test_a_picture_of_ours_comes_back_with_its_list(editor, episode, chapters, media):
    image = store_image(io.BytesIO(png()), alt="Map")
    Chapter.objects.filter(start_ms=0).update(image=image)
    document = editor.get(export(episode, "json")).content
    assert json.loads(document)["chapters"][0]["img"].startswith("http://localhost:8000/")

    file = SimpleUploadedFile("x.json", document)
    told = editor.post(f"{READ}?episode={episode.pk}", {"source": "text", "file": file}).json()

    assert told["marks"][0]["image"] == token_of(image)
    assert told["problems"] == []


def test_an_unknown_form_is_not_found(editor, episode, chapters):
    assert editor.get(export(episode, "exe")).status_code == 404


def test_the_page_takes_as_many_queries_for_thirty_chapters_as_for_one(
    editor, episode, media, django_assert_num_queries
):
    image = store_image(io.BytesIO(png()), alt="Map")
    Chapter.objects.create(episode=episode, start_ms=0, title="One", image=image)
    editor.get(page_of(episode))
    with django_assert_num_queries(60, exact=False) as few:
        editor.get(page_of(episode))
    for number in range(1, 30):
        other = store_image(io.BytesIO(png((number, 0, 0))), alt="Map")
        Chapter.objects.create(episode=episode, start_ms=number, title="More", image=other)

    with django_assert_num_queries(len(few)):
        editor.get(page_of(episode))


# --- A shorter audio ------------------------------------------------------------------------------


@pytest.fixture
def shortened(episode, chapters):
    episode.audio = AudioFileFactory(episode=episode, duration_ms=60_000)
    episode.save()
    return episode


def test_the_page_says_which_chapters_a_shorter_audio_left_behind(editor, shortened):
    response = editor.get(page_of(shortened))
    page = response.content.decode()

    sentence = "A chapter starts after the end of the audio (0:01:00): 0:01:00 “Граница”."
    assert page.count(sentence) == 2  # before the release, and above the table
    assert '<a href="#chapters">' in page
    remarks = [row.remark for row in formset(response).forms]
    assert remarks == ["", "The chapter starts after the end of the audio. Move it, or remove it."]
    assert f'id="chapters-1-warning">{remarks[1]}' in page


def test_a_live_episode_says_it_too(editor, show):
    live = LiveEpisodeFactory(show=show)
    Chapter.objects.create(episode=live, start_ms=live.audio.duration_ms, title="Silence")

    page = editor.get(page_of(live)).content.decode()

    assert page.count("A chapter starts after the end of the audio") == 2


def test_saving_keeps_what_a_shorter_audio_left_behind(editor, shortened):
    data = form_of(editor.get(page_of(shortened)))
    editor.post(page_of(shortened), data | {"title": "Only the title"})
    assert stored(shortened) == [(0, "Opening"), (60_000, "Граница")]

    data = form_of(editor.get(page_of(shortened)))
    response = editor.post(page_of(shortened), data | {"chapters-0-title": "Mended"})
    assert response.status_code == 302
    assert stored(shortened) == [(0, "Mended"), (60_000, "Граница")]

    data = form_of(editor.get(page_of(shortened)))
    page = editor.post(page_of(shortened), data | {"chapters-1-start_ms": "2:00"})
    assert "The chapter starts after the end of the audio" in page.content.decode()
    assert stored(shortened) == [(0, "Mended"), (60_000, "Граница")]


def test_an_import_is_put_back_whole_under_a_shorter_audio(editor, shortened):
    sent = {"source": "text", "text": "0:00 A", "step": "replace"}
    editor.post(import_page(shortened), sent)
    assert stored(shortened) == [(0, "A")]

    editor.post(import_page(shortened), {"step": "undo"})
    assert stored(shortened) == [(0, "Opening"), (60_000, "Граница")]


@pytest.mark.parametrize("form", ["json", "psc", "vtt", "list", "notes"])
def test_what_is_taken_away_has_no_chapter_that_nobody_hears(editor, shortened, form):
    text = editor.get(export(shortened, form)).content.decode()

    assert "Opening" in text
    assert "Граница" not in text


def test_an_import_and_putting_it_back_ask_for_tags_at_once(editor, episode, chapters):
    episode.audio = AudioFileFactory(episode=episode)
    episode.save()
    asked = Job.objects.filter(kind="label", done_at=None)
    assert not asked.exists()

    sent = {"source": "text", "text": "0:00 A", "step": "replace"}
    editor.post(import_page(episode), sent)
    assert asked.count() == 1

    asked.delete()
    editor.post(import_page(episode), {"step": "undo"})
    assert asked.count() == 1
