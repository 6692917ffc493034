"""What is written is what is read again; what others write is read as they meant it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.chapters.json_chapters import read_json, write_json
from episodes.chapters.marks import ChapterMark, Fault, Unreadable, UnreadableChapters
from episodes.chapters.notes import read_notes, write_notes
from episodes.chapters.psc import read_psc, write_psc
from episodes.chapters.reading import Form, detect, read, read_file
from episodes.chapters.timestamps import read_timestamps, write_timestamps
from episodes.chapters.vtt import read_vtt, write_vtt
from episodes.chapters.writing import FORMS, About
from tests.episodes.chapters.strategies import PLAIN_TITLES, marks

MARKS = (
    ChapterMark(0, "Opening"),
    ChapterMark(30_250, "Саммит & «нейтралитет»", "https://a.example/x?a=1&b=2"),
    ChapterMark(3_723_500, "Border", image="https://a.example/map.jpg"),
)


def clean(found):
    assert found.problems == ()
    return found.marks


@given(marks())
def test_json_comes_back_equal(written):
    assert clean(read_json(write_json(written, title="T"))) == written


@given(marks(hidden=False))
def test_psc_comes_back_equal(written):
    assert clean(read_psc(write_psc(written))) == written


@given(marks(hidden=False, images=False))
def test_the_list_of_times_comes_back_equal(written):
    assert clean(read_timestamps(write_timestamps(written))) == written


@given(marks(hidden=False, images=False, urls=False))
def test_vtt_comes_back_equal(written):
    assert clean(read_vtt(write_vtt(written, duration_ms=50_000_000))) == written


@given(marks(PLAIN_TITLES, hidden=False, images=False, step=1000))
def test_the_list_for_notes_comes_back_equal(written):
    notes = f"## Stories\n\nAt 12:30 they met.\n\n{write_notes(written)}\nMore."
    assert clean(read_notes(notes)) == written


@pytest.mark.parametrize("form", list(Form))
def test_every_form_is_known_by_its_looks(form):
    text = FORMS[form].write(MARKS, About(title="T", duration_ms=4_000_000))

    assert detect(text) == (Form.LIST if form is Form.NOTES else form)
    assert [mark.title for mark in read(text, form).chapters.marks] == [
        mark.title for mark in MARKS
    ]


@pytest.mark.parametrize("form", list(Form))
def test_an_empty_list_is_written_and_read(form):
    text = FORMS[form].write([], About())

    assert read(text, form).chapters.marks == ()


def test_json_says_version_and_episode_and_leaves_out_what_is_empty():
    document = json.loads(write_json(MARKS[:2], title="E", podcast_name="Show", file_name="e.mp3"))

    assert document == {
        "version": "1.2.0",
        "title": "E",
        "podcastName": "Show",
        "fileName": "e.mp3",
        "chapters": [
            {"startTime": 0.0, "title": "Opening"},
            {"startTime": 30.25, "title": MARKS[1].title, "url": MARKS[1].url},
        ],
    }


def test_podloves_own_json_is_read():
    text = '[{"start":"00:00:05.500","title":"Intro","href":"https://a.example","image":""}]'

    assert read(text).chapters.marks == (ChapterMark(5500, "Intro", "https://a.example"),)


def test_silent_markers_need_no_title():
    found = read_json('{"version":"1.2.0","chapters":[{"startTime":3,"toc":false}]}')

    assert clean(found) == (ChapterMark(3000, "", hidden=True),)


def test_what_is_wrong_in_json_is_said_by_entry():
    entries = [
        {"startTime": 1, "title": "Good"},
        {"title": "No time"},
        {"startTime": -1, "title": "Negative"},
        {"startTime": True, "title": "No number"},
        {"startTime": 1e300, "title": "Far"},
        {"startTime": 10**400, "title": "Farther"},
        {"startTime": 3_600_000 * 2, "title": "Too late"},
        {"startTime": 2, "title": "Link", "url": "javascript:alert(1)", "img": "data:x"},
        "text",
        {"startTime": 3},
    ]
    found = read_json(json.dumps({"chapters": entries}))

    assert [mark.title for mark in found.marks] == ["Good", "Link", ""]
    assert [mark.url for mark in found.marks] == ["", "", ""]
    assert [(problem.place, problem.fault) for problem in found.problems] == [
        (2, Fault.NO_TIME),
        (3, Fault.BAD_TIME),
        (4, Fault.BAD_TIME),
        (5, Fault.BAD_TIME),
        (6, Fault.BAD_TIME),
        (7, Fault.TOO_LATE),
        (8, Fault.BAD_LINK),
        (8, Fault.BAD_IMAGE),
        (9, Fault.NOT_A_CHAPTER),
        (10, Fault.NO_TITLE),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"chapters":[{"startTime":NaN}]}', Unreadable.BROKEN_JSON),
        ('{"chapters":[{"startTime":Infinity}]}', Unreadable.BROKEN_JSON),
        ('{"chapters":', Unreadable.BROKEN_JSON),
        ("[" * 100_000, Unreadable.BROKEN_JSON),
        ('{"chapters":[{"startTime":%s}]}' % ("9" * 5000), Unreadable.BROKEN_JSON),
        ('{"chapters":{}}', Unreadable.NO_JSON_CHAPTERS),
        ("{}", Unreadable.NO_JSON_CHAPTERS),
    ],
)  # fmt: skip
def test_broken_json_is_refused_whole(text, reason):
    with pytest.raises(UnreadableChapters) as refused:
        read_json(text)
    assert refused.value.reason is reason


def test_psc_is_read_as_it_stands_in_a_feed_and_alone():
    inner = (
        '<psc:chapter start="37" title="A &amp; Б"/>'
        '<psc:chapter start="35:12.250" title="C" href="https://a.example" image="https://b.example/i.png"/>'
    )
    listed = (
        ChapterMark(37_000, "A & Б"),
        ChapterMark(2_112_250, "C", "https://a.example", "https://b.example/i.png"),
    )
    plain = '<chapters version="1.1"><chapter start="37" title="A &amp; Б"/></chapters>'

    assert clean(read_psc(inner)) == listed
    assert clean(read_psc(f'<psc:chapters version="1.2">\n{inner}</psc:chapters>')) == listed
    assert clean(read_psc(f'<?xml version="1.0" encoding="windows-1251"?>{plain}')) == listed[:1]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<psc:chapters>", Unreadable.BROKEN_XML),
        ("<rss><channel/></rss>", Unreadable.NO_XML_CHAPTERS),
        ('<!DOCTYPE a [<!ENTITY x "y">]><chapters/>', Unreadable.UNSAFE_XML),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><chapters/>', Unreadable.UNSAFE_XML),
        ("<a><chapters/><chapters/></a>", Unreadable.SEVERAL_LISTS),
        ("<chapters>&bomb;</chapters>", Unreadable.BROKEN_XML),
        ("<a>" * 5000, Unreadable.BROKEN_XML),
        ("</pasted><chapters/><pasted>", Unreadable.BROKEN_XML),
        ("<chapters>\ud800</chapters>", Unreadable.NOT_TEXT),
    ],
)
def test_broken_or_unsafe_xml_is_refused_whole(text, reason):
    with pytest.raises(UnreadableChapters) as refused:
        read_psc(text)
    assert refused.value.reason is reason


def test_what_is_wrong_in_psc_is_said_by_line():
    found = read_psc(
        '<chapters>\n<chapter title="a"/>\n<chapter start="1:75" title="b"/>\n'
        '<chapter start="5" title="c" href="javascript:x"/></chapters>'
    )

    assert found.marks == (ChapterMark(5000, "c"),)
    assert [(problem.place, problem.fault) for problem in found.problems] == [
        (2, Fault.NO_TIME),
        (3, Fault.BAD_TIME),
        (4, Fault.BAD_LINK),
    ]


def test_vtt_of_others_is_read_with_names_tags_and_comments():
    text = (
        "WEBVTT - chapters\n\nNOTE made by hand\n\nfirst\n00:00.000 --> 00:10.000\n"
        "<b>Intro</b>\ngoes on\n\n2\n00:10.000 --> 00:20.000 align:start\nA &lt; B\n"
    )

    assert clean(read(text).chapters) == (
        ChapterMark(0, "Intro goes on"),
        ChapterMark(10_000, "A < B"),
    )


def test_subrip_is_taken_for_what_it_is():
    found = read("1\n00:00:01,500 --> 00:00:02,000\nIntro\n")

    assert found.form is Form.VTT
    assert clean(found.chapters) == (ChapterMark(1500, "Intro"),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251"])
def test_files_of_any_editor_are_read(encoding):
    text = "0:00 Введение в тему\n12:34 Водный вопрос и соседи\n"

    titles = [mark.title for mark in read_file(text.encode(encoding)).chapters.marks]

    assert titles == ["Введение в тему", "Водный вопрос и соседи"]


def test_a_file_that_was_not_in_utf_8_says_how_it_was_read():
    text = "0:00 Введение в тему\n12:34 Водный вопрос и соседи\n"

    assert read_file(text.encode("windows-1251")).read_as == "Windows-1251"
    assert read_file(text.encode()).read_as == read(text).read_as == ""


PSC = (
    '<?xml version="1.0" encoding="%s"?>\n<chapters xmlns="http://podlove.org/simple-chapters">'
    '<chapter start="1" title="Привет"/></chapters>'
)


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("windows-1251", "windows-1251"),
        ("Windows-1251", "utf-8"),  # saved again by an editor that does not look at XML
        ("koi8-r", "koi8-r"),
        ("utf-8", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("iso-8859-5", "iso-8859-5"),
    ],
)
def test_xml_is_read_in_the_letters_that_it_declares(declared, encoding):
    found = read_file((PSC % declared).encode(encoding))

    assert clean(found.chapters) == (ChapterMark(1000, "Привет"),)
    assert found.read_as == ""


@pytest.mark.parametrize("declared", ["rot13", "utf-7", "hex", "nonsense-1", "cp9999", "x" * 90])
def test_a_declared_encoding_that_is_none_is_passed_over(declared):
    found = read_file((PSC % declared).encode("windows-1251"))

    assert found.read_as
    assert len(found.chapters.marks) == 1


CUE = """\ufeffREM GENRE Podcast
PERFORMER "Newsroom"
TITLE "The episode 1:00"
FILE "a.wav" WAVE
  TRACK 01 AUDIO
    TITLE "Intro"
    PERFORMER "Anna"
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    TITLE "Вода: "ключ""
    INDEX 00 05:09:00
    INDEX 01 05:10:37
  TRACK 03 AUDIO
    TITLE Unquoted
    INDEX 01 125:00:74
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_cue_sheet_counts_minutes_seconds_and_frames(end):
    found = read_file(CUE.replace("\n", end).encode())

    assert found.form is Form.LIST
    assert clean(found.chapters) == (
        ChapterMark(0, "Intro"),
        ChapterMark(310_493, 'Вода: "ключ"'),
        ChapterMark(7_500_987, "Unquoted"),
    )


def test_what_is_wrong_in_a_cue_sheet_is_said_by_line():
    text = """FILE "a.wav" WAVE
TRACK 01 AUDIO
INDEX 01 00:00:00
TRACK 02 AUDIO
TITLE "No time"
INDEX 00 00:01:00
TRACK 03 AUDIO
TITLE "Bad"
INDEX 01 00:61:00
TRACK 04 AUDIO
TITLE "Bad"
INDEX 01 00:01:75
FILE "b.wav" WAVE
TRACK 05 AUDIO
TITLE "Elsewhere"
INDEX 01 00:00:00
"""
    found = read(text).chapters

    assert found.marks == (ChapterMark(0, ""),)
    assert [(problem.place, problem.fault) for problem in found.problems] == [
        (2, Fault.NO_TITLE),
        (4, Fault.NO_TIME),
        (9, Fault.BAD_TIME),
        (12, Fault.BAD_TIME),
        (14, Fault.OTHER_FILE),
    ]


def test_a_chapter_about_an_index_is_no_cue_sheet():
    text = "0:00 Intro\nINDEX 01 05:10:37\n6:00:00 TRACK 02 AUDIO\n"

    assert [mark.start_ms for mark in clean(read(text).chapters)] == [0, 18_637_000, 21_600_000]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x00\x01\x02\xff" * 100, Unreadable.NOT_TEXT),
        (b"PK\x03\x04" + b"x" * 100, Unreadable.NOT_TEXT),
        (b"0:00 a\n" * 200_000, Unreadable.TOO_LARGE),
        (b"0:00 a\n" * 6_000, Unreadable.TOO_LONG),
    ],
)
def test_files_that_are_no_list_are_refused_whole(data, reason):
    with pytest.raises(UnreadableChapters) as refused:
        read_file(data)
    assert refused.value.reason is reason


def test_more_chapters_than_anybody_has_are_counted_and_not_taken():
    text = "".join(f"{number // 60}:{number % 60:02} Part\n" for number in range(510))

    found = read(text).chapters

    assert len(found.marks) == 500
    assert [problem.fault for problem in found.problems] == [Fault.TOO_MANY] * 10


@given(st.text(max_size=400), st.sampled_from([None, *Form]))
def test_nothing_that_is_pasted_breaks_a_reader(text, form):
    try:
        found = read(text, form).chapters
    except UnreadableChapters:
        return
    assert all(mark.start_ms >= 0 for mark in found.marks)


@given(st.binary(max_size=400))
def test_no_file_breaks_a_reader(data):
    try:
        read_file(data)
    except UnreadableChapters:
        return
