"""Chapters of an episode as a whole: checked, replaced, taken from a file."""

from dataclasses import replace

import pytest

from catalog.models import Image
from episodes.chaptering import (
    adopt_embedded,
    audible,
    check_chapters,
    embedded_chapters,
    explain_unreadable,
    fingerprint,
    marks_of,
    propose,
    remarks_on,
    replace_chapters,
    told,
)
from episodes.chapters.checking import Lack, Remark
from episodes.chapters.marks import ChapterMark, Fault, Unreadable, UnreadableChapters
from episodes.chapters.reading import read, read_file
from episodes.exceptions import ChaptersRefused
from episodes.models import Chapter, Episode
from episodes.readiness import Severity, check_readiness
from tests.factories import NOW, AudioFileFactory, EpisodeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def episode():
    """An episode with a minute of audio."""
    episode = EpisodeFactory()
    episode.audio = AudioFileFactory(episode=episode, duration_ms=60_000)
    episode.save()
    return episode


@pytest.fixture
def image():
    name = "artwork/map.jpg"
    facts = {"width": 1400, "height": 1400, "mime_type": "image/jpeg", "size": 1}
    return Image.objects.create(sha256="a" * 64, file=name, **facts)


def stored(episode):
    return list(episode.chapters.values_list("start_ms", "title"))


def test_a_list_is_replaced_as_a_whole_and_what_stays_is_not_written(episode, image):
    kept = Chapter.objects.create(episode=episode, start_ms=0, title="Opening")
    moved = Chapter.objects.create(episode=episode, start_ms=10_000, title="Border")
    Chapter.objects.create(episode=episode, start_ms=20_000, title="Gone")

    done = replace_chapters(
        episode,
        [
            ChapterMark(30_000, "New", "https://a.example", hidden=True),
            ChapterMark(10_000, "Граница", image="artwork/map.jpg"),
            ChapterMark(0, "Opening"),
        ],
        images={"artwork/map.jpg": image},
    )

    assert stored(episode) == [(0, "Opening"), (10_000, "Граница"), (30_000, "New")]
    assert [row.title for row in done.added] == ["New"]
    assert done.changed == [(moved, ["title", "image"])]
    assert [row.title for row in done.removed] == ["Gone"]
    assert episode.chapters.get(start_ms=0).pk == kept.pk
    assert episode.chapters.get(start_ms=10_000).image == image


def test_two_chapters_swap_their_times(episode):
    replace_chapters(episode, [ChapterMark(0, "A"), ChapterMark(1000, "B")])

    replace_chapters(episode, [ChapterMark(1000, "A"), ChapterMark(0, "B")])

    assert stored(episode) == [(0, "B"), (1000, "A")]


@pytest.mark.parametrize(
    ("mark", "lack"),
    [
        (ChapterMark(5000, " "), Lack.NO_TITLE),
        (ChapterMark(5000, "x" * 256), Lack.LONG_TITLE),
        (ChapterMark(5000, "x", "javascript:alert(1)"), Lack.BAD_LINK),
        (ChapterMark(5000, "x", "https://a b"), Lack.BAD_LINK),
        (ChapterMark(5000, "x", "https://-/"), Lack.BAD_LINK),
        (ChapterMark(5000, "x", f"https://a.example/{'x' * 500}"), Lack.LONG_LINK),
        (ChapterMark(60_000, "x"), Lack.BEYOND_END),
        (ChapterMark(0, "x"), Lack.SAME_START),
    ],
)
def test_what_cannot_be_published_is_refused_with_its_row_and_changes_nothing(episode, mark, lack):
    Chapter.objects.create(episode=episode, start_ms=0, title="Before")
    marks = [ChapterMark(0, "Opening"), mark]

    assert [(each.lack, each.row) for each in remarks_on(marks, duration_ms=60_000)] == [(lack, 1)]
    with pytest.raises(ChaptersRefused) as refused:
        replace_chapters(episode, marks)

    assert refused.value.rows[0][0] == 1
    assert stored(episode) == [(0, "Before")]


def test_without_audio_there_is_no_end():
    marks = [ChapterMark(0, "A"), ChapterMark(7_200_000, "B")]

    assert remarks_on(marks, duration_ms=None) == []


def test_a_first_chapter_at_zero_and_fewer_than_256_are_advice():
    marks = [ChapterMark(number * 1000, "x") for number in range(1, 300)]

    found = remarks_on(marks, duration_ms=None)

    assert [(each.lack, each.refuses) for each in found] == [
        (Lack.MANY, False),
        (Lack.NOT_FROM_ZERO, False),
    ]


def test_more_than_500_are_refused(episode):
    with pytest.raises(ChaptersRefused, match="at most 500"):
        replace_chapters(episode, [ChapterMark(number, "x") for number in range(501)])


def test_a_file_whose_letters_were_guessed_says_so_first():
    text = "0:00 Введение в тему\nбез времени\n"

    problems = propose(read_file(text.encode("windows-1251"))).problems

    assert problems[0].startswith("The file was not in UTF-8 and was read as Windows-1251.")
    assert len(problems) == 2


def test_a_file_with_many_chapters_is_told_what_becomes_of_them():
    sentence = told(Remark(Lack.MANY))

    assert "the shortest join the one before them" in sentence


def test_every_code_has_its_words():
    for lack in Lack:
        assert told(type(remarks_on([ChapterMark(1, "x")], duration_ms=None)[0])(lack))
    for reason in Unreadable:
        assert "%" not in explain_unreadable(UnreadableChapters(reason, "line 3"))
    text = "".join(propose(read("x\n0:75 y\n0:00\n-0:01 z"), source="list").problems)
    assert "Line 1: no time was found." in text
    assert set(Fault) >= {Fault.NO_TIME}


def test_a_fingerprint_tells_any_change_and_no_order(episode, image):
    marks = [ChapterMark(0, "A"), ChapterMark(1000, "B", "https://a.example")]

    assert fingerprint(marks) == fingerprint(reversed(marks))
    for other in (
        [ChapterMark(1, "A"), marks[1]],
        [ChapterMark(0, "Б"), marks[1]],
        [ChapterMark(0, "A", hidden=True), marks[1]],
        [ChapterMark(0, "A", image="artwork/map.jpg"), marks[1]],
        marks[:1],
    ):
        assert fingerprint(other) != fingerprint(marks)


def test_what_the_file_says_is_taken_as_far_as_it_fits(episode):
    version = episode.audio
    version.embedded_chapters = [
        {"start_ms": 0, "end_ms": None, "title": "", "url": "", "hidden": False},
        {"start_ms": 0, "end_ms": None, "title": "Twice", "url": "", "hidden": False},
        {"start_ms": 1000, "end_ms": 2, "title": "x" * 300, "url": "ftp://a", "hidden": True},
        {"start_ms": 60_000, "end_ms": None, "title": "After the end", "url": "", "hidden": False},
    ]

    adopt_embedded(episode, version)

    assert stored(episode) == [(0, "Chapter 1"), (1000, "x" * 255)]
    assert episode.chapters.get(start_ms=1000).hidden
    told_places = [problem.place for problem in embedded_chapters(version).problems]
    assert told_places == [1, 3]


def test_what_editors_wrote_stays_when_a_file_comes(episode):
    Chapter.objects.create(episode=episode, start_ms=0, title="Ours")
    episode.audio.embedded_chapters = [{"start_ms": 0, "end_ms": None, "title": "File's"}]

    adopt_embedded(episode, episode.audio)

    assert stored(episode) == [(0, "Ours")]


def test_an_image_of_our_own_is_known_by_its_address_and_another_is_not_fetched(image):
    text = (
        '{"chapters":[{"startTime":0,"title":"A","img":"https://our.example/media/artwork/map.jpg"},'
        '{"startTime":1,"title":"B","img":"https://elsewhere.example/x.jpg"}]}'
    )

    proposal = propose(read(text), images=[image])

    assert [mark.image for mark in proposal.marks] == ["artwork/map.jpg", ""]
    assert "https://elsewhere.example/x.jpg" in proposal.problems[0]


@pytest.mark.parametrize("count", [1, 30])
def test_queries_do_not_grow_with_chapters(episode, count, django_assert_num_queries):
    before = [ChapterMark(number, "Before") for number in range(count)]
    after = [ChapterMark(number * 2, "After") for number in range(count)]
    replace_chapters(episode, before)

    with django_assert_num_queries(11, exact=False):
        replace_chapters(episode, after)

    assert marks_of(episode.chapters.select_related("image")) == tuple(after)


# --- A shorter audio ------------------------------------------------------------------------------


@pytest.fixture
def shortened(episode):
    """Six chapters of an hour, of which a minute is left."""
    for number in range(6):
        Chapter.objects.create(episode=episode, start_ms=number * 30_000, title=f"Глава {number}")
    return episode


def codes(episode):
    return [finding.code for finding in check_readiness(episode, at=NOW)]


def test_chapters_at_and_after_the_end_are_advised_about_by_name(shortened):
    [finding] = check_chapters(shortened, at=NOW)

    assert "chapters_beyond_end" in codes(shortened)
    assert finding.severity is Severity.ADVICE
    assert finding.message == (
        "4 chapters start after the end of the audio (0:01:00): 0:01:00 “Глава 2”, "
        "0:01:30 “Глава 3”, 0:02:00 “Глава 4” and 1 more. Feed, site and apps leave them out."
    )
    assert "upload the longer audio" in finding.remedy


def test_nobody_is_told_of_chapters_that_are_heard(episode, shortened):
    shortened.chapters.filter(start_ms__gte=60_000).delete()
    assert "chapters_beyond_end" not in codes(shortened)

    shortened.audio = None
    Chapter.objects.create(episode=shortened, start_ms=90_000, title="Late")
    assert "chapters_beyond_end" not in codes(shortened)


def test_what_a_shorter_audio_left_behind_stays_and_comes_back_with_a_longer_one(shortened):
    assert [row.start_ms for row in audible(shortened, shortened.chapters.all())] == [0, 30_000]
    assert shortened.chapters.count() == 6

    shortened.audio = AudioFileFactory(episode=shortened, duration_ms=3_600_000)
    assert len(audible(shortened, shortened.chapters.all())) == 6


def test_a_title_is_mended_while_others_are_left_behind_and_no_new_one_joins_them(shortened):
    marks = list(marks_of(shortened.chapters.all()))

    replace_chapters(shortened, [replace(marks[0], title="Mended"), *marks[1:]])
    assert shortened.chapters.first().title == "Mended"
    assert shortened.chapters.count() == 6

    with pytest.raises(ChaptersRefused):
        replace_chapters(shortened, [*marks, ChapterMark(60_001, "New")])


@pytest.mark.parametrize("count", [1, 30])
def test_the_advice_costs_no_query_beside_that_about_the_tags(
    episode, count, django_assert_num_queries
):
    for number in range(count):
        Chapter.objects.create(episode=episode, start_ms=90_000 + number, title="Late")
    row = Episode.objects.with_labels().get()

    with django_assert_num_queries(0):
        assert len(list(check_chapters(row, at=NOW))) == 1
