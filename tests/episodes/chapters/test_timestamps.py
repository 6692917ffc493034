import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.chapters.marks import ChapterMark, Fault
from episodes.chapters.notes import read_notes, write_notes
from episodes.chapters.times import format_full_time, format_time, parse_time
from episodes.chapters.timestamps import read_timestamps

LINK = "https://a.example/x"


@pytest.mark.parametrize(
    ("line", "start_ms", "title", "url"),
    [
        ("0:00 Intro", 0, "Intro", ""),
        ("[00:12:34] Саммит", 754_000, "Саммит", ""),
        ("1:02:03.500 - Title", 3_723_500, "Title", ""),
        ("12:34 — Заголовок (https://a.example/x)", 754_000, "Заголовок", LINK),
        ("00:12:34.000 Chapter <https://a.example/x>", 754_000, "Chapter", LINK),
        ("12:34 [Words](https://a.example/x)", 754_000, "Words", LINK),
        ("12:34 https://a.example/x", 754_000, LINK, LINK),
        ("1. 0:10 One", 10_000, "One", ""),
        ("2) 0:10 – One", 10_000, "One", ""),
        ("- 0:10 One", 10_000, "One", ""),
        ("* **0:10** One", 10_000, "One", ""),
        ("▶ 0:10 One", 10_000, "One", ""),
        ("[0:10](#t=10) One", 10_000, "One", ""),
        ("0:10–1:30 One", 10_000, "One", ""),
        ("0:10 - 1:30 - One", 10_000, "One", ""),
        ("0:10: One", 10_000, "One", ""),
        ("(0:10) | One", 10_000, "One", ""),
        ("One 0:10", 10_000, "One", ""),
        ("One – (0:10)", 10_000, "One", ""),
        ("1h02m03s One", 3_723_000, "One", ""),
        ("75:30 One", 4_530_000, "One", ""),
        ("0:10 -5 degrees", 10_000, "-5 degrees", ""),
        ("0:10 5 questions at 12:30 sharp", 10_000, "5 questions at 12:30 sharp", ""),
        ("12.5\t12.5\tLabel", 12_500, "Label", ""),
        ("12,5\t90,25\tМетка", 12_500, "Метка", ""),
        ("0:10\tOne\thttps://a.example/x", 10_000, "One", LINK),
        ("0:10\t1:30\tOne", 10_000, "One", ""),
        ("1\t0:10\tOne", 10_000, "One", ""),
        ("Marker 01\t0:12.500\t0:00.000\tdecimal\tCue\t", 12_500, "Marker 01", ""),
        ("75\tOne", 75_000, "One", ""),
    ],
)
def test_a_line_is_read_as_people_write_it(line, start_ms, title, url):
    found = read_timestamps(line)

    assert found.problems == ()
    assert found.marks == (ChapterMark(start_ms, title, url),)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("Just words", Fault.NO_TIME),
        ("12 monkeys", Fault.NO_TIME),
        ("0:75 Too many seconds", Fault.BAD_TIME),
        ("1:75:00 Too many minutes", Fault.BAD_TIME),
        ("-1:00 Before the start", Fault.BAD_TIME),
        ("00:01:02:15 Frames", Fault.NO_TIME),
        ("3:00", Fault.NO_TITLE),
        ("0:10 One (javascript:alert(1))", None),
    ],
)
def test_a_line_that_is_no_chapter_is_told_with_its_number_and_words(line, fault):
    found = read_timestamps(f"0:00 Intro\n\n{line}\n")

    told = [(problem.fault, problem.place, problem.text) for problem in found.problems]
    assert told == ([(fault, 3, line)] if fault else [])
    assert not any(mark.url for mark in found.marks)


@given(st.lists(st.text(max_size=60), max_size=30))
def test_no_line_is_lost_silently(lines):
    text = "\n".join(lines)
    found = read_timestamps(text)

    told = {problem.place for problem in found.problems}
    written = [line for line in text.splitlines() if line.strip() and not line.startswith("\\\t")]
    assert len(found.marks) + len(told) >= len(written)


def test_labels_of_audacity_with_frequencies_are_one_chapter():
    found = read_timestamps("1.5\t1.5\tOne\n\\\t100.0\t200.0\n2.5\t2.5\tTwo\n")

    assert [mark.title for mark in found.marks] == ["One", "Two"]
    assert found.problems == ()


def test_notes_keep_their_prose():
    notes = (
        "## Chapters\n\nThe talks began at 12:30 and\n9:30 a.m. was too early.\n\n"
        "- 00:00 Intro\n- **12:34** [Summit](https://a.example/x)\n- 12:99 Wrong\n"
    )
    found = read_notes(notes)

    assert found.marks == (ChapterMark(0, "Intro"), ChapterMark(754_000, "Summit", LINK))
    assert [(problem.fault, problem.place) for problem in found.problems] == [(Fault.BAD_TIME, 8)]


def test_the_list_for_notes_is_what_spotify_reads():
    marks = [
        ChapterMark(0, "Intro"),
        ChapterMark(61_900, "A [b] *c*", LINK),
        ChapterMark(62_000, "Jingle", hidden=True),
    ]

    assert write_notes(marks) == (
        "- 00:00 Intro\n- 01:01 [A \\[b\\] \\*c\\*](https://a.example/x)\n"
    )
    assert write_notes([*marks, ChapterMark(3_600_000, "End")]).startswith("- 00:00:00 Intro\n")
    assert read_notes(write_notes(marks)).marks[1].title == "A [b] *c*"


@given(st.integers(0, 999 * 3_600_000))
def test_times_come_back_equal(milliseconds):
    assert parse_time(format_time(milliseconds)) == milliseconds
    assert parse_time(format_full_time(milliseconds)) == milliseconds


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("75", 75_000),
        ("1:15", 75_000),
        ("1:5", 65_000),
        ("90:00", 5_400_000),
        ("1:02:03.5", 3_723_500),
        ("1:02:03,05", 3_723_050),
        ("0:00:00.0009", 0),
        ("1h 2m 3s", 3_723_000),
        ("90m", 5_400_000),
        ("1:75", None),
        ("1:60:00", None),
        ("1:2:3:4", None),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("1e3", None),
        ("²", None),
    ],
)
def test_times_are_read_as_editors_type_them(text, milliseconds):
    assert parse_time(text) == milliseconds
