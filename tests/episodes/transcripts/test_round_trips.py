"""What is written is read back, by our readers and by one that is not ours."""

import html
import json

import webvtt
from hypothesis import example, given
from hypothesis import strategies as st

from episodes.transcripts.document import UNTIMED_END, UNTIMED_START, Cue, TranscriptDocument
from episodes.transcripts.markup import read_html, write_html
from episodes.transcripts.plain import read_text, write_text
from episodes.transcripts.podcast_json import read_json, write_json
from episodes.transcripts.problems import Problems
from episodes.transcripts.reading import Form, tell_form
from episodes.transcripts.srt import read_srt, write_srt
from episodes.transcripts.vtt import WIDTH, read_master, read_vtt, write_vtt
from tests.episodes.transcripts.documents import documents, spoken

ONE = TranscriptDocument((Cue(1_000, 2_000, "Anna", "from 12:30 - 13:00 &amp; <b>R&D</b> --> x"),))


@given(documents())
@example(ONE)
def test_webvtt_gives_the_same_document(document):
    problems = Problems()
    written = write_vtt(document)

    assert read_vtt(written, problems) == document
    assert read_master(written) == document
    assert tell_form(written) is Form.VTT
    assert {problem.code for problem in problems.listed()} <= {"overlap"}


@given(documents())
def test_a_reader_that_is_not_ours_reads_the_same_webvtt(document):
    captions = webvtt.from_string(write_vtt(document), strict=True).captions

    assert document.cues == tuple(
        Cue(
            each.start_time.in_milliseconds(),
            each.end_time.in_milliseconds(),
            html.unescape(each.voice or ""),
            " ".join(html.unescape(each.text).split()),
        )
        for each in captions
    )


@given(documents())
def test_lines_of_webvtt_are_short_where_words_are(document):
    for cue in document.cues:
        alone = TranscriptDocument((Cue(cue.start_ms, cue.end_ms, "", cue.text),))
        for line in write_vtt(alone).splitlines()[3:]:
            assert len(html.unescape(line)) <= WIDTH or " " not in line


@given(documents(texts=st.sampled_from(["One two.", "Да, «конечно».", 'a\\b "c"'])))
def test_json_gives_the_same_cues(document):
    assert read_json(write_json(document)).cues == document.cues


def test_json_has_the_version_and_the_names_of_the_namespace():
    assert json.loads(write_json(ONE)) == {
        "version": "1.0.0",
        "segments": [
            {"speaker": "Anna", "startTime": 1.0, "endTime": 2.0, "body": ONE.cues[0].text}
        ],
    }


LONG = "neutrality-and-a-very-long-word-indeed"
PLAIN = st.lists(
    st.sampled_from(["вода", "water", LONG, "R&D", "<3", "12:30", "Nothing."]),
    min_size=1,
    max_size=40,
).map(" ".join)
CAST = st.sampled_from(["Anna Lee", "Борис", ""])


@given(documents(labels=CAST, texts=PLAIN, in_turn=True))
def test_no_form_loses_a_word(document):
    known = {"is_known": lambda label: label in {"Anna Lee", "Борис"}}

    assert spoken(read_srt(write_srt(document), **known)) == spoken(document)
    assert spoken(read_html(write_html(document, language="en", title="T"))) == spoken(document)
    assert spoken(read_text(write_text(document), **known)) == spoken(document)


@given(documents(labels=CAST, texts=PLAIN, in_turn=True))
def test_captions_of_subrip_are_two_short_lines_inside_their_cue(document):
    blocks = write_srt(document).strip().split("\n\n")

    assert [block.split("\n")[0] for block in blocks] == [str(n + 1) for n in range(len(blocks))]
    for block in blocks:
        times, *lines = block.split("\n")[1:]
        assert times.count(",") == 2
        assert len(lines) <= 2
        assert all(len(line) <= 32 or len(line.split(": ")[-1].split()) == 1 for line in lines)
    read = read_srt(write_srt(document)).cues
    assert all(cue.start_ms < cue.end_ms for cue in read)
    assert min(cue.start_ms for cue in read) == document.cues[0].start_ms
    assert max(cue.end_ms for cue in read) == max(cue.end_ms for cue in document.cues)


def test_subrip_names_a_voice_where_it_changes_and_nowhere_else():
    told = [("Anna", "One."), ("Anna", "Two."), ("Boris", "Three."), ("Anna", "Four.")]
    cues = tuple(Cue(n * 1000, n * 1000 + 900, *each) for n, each in enumerate(told))

    lines = [block.split("\n")[2] for block in write_srt(TranscriptDocument(cues)).split("\n\n")]

    assert [line.strip() for line in lines] == [
        "Anna: One.",
        "Two.",
        "Boris: Three.",
        "Anna: Four.",
    ]


def test_an_arrow_in_the_words_makes_no_caption():
    said = "00:00:05,000 --> 00:00:06,000"
    document = TranscriptDocument((Cue(0, 1000, "", f"first {said} last"),))

    assert len(read_srt(write_srt(document)).cues) == 1


def test_what_has_no_times_goes_through_the_master_and_stays_without():
    cues = tuple(Cue(UNTIMED_START, UNTIMED_END, who, "Words.") for who in ("Anna", "Boris"))
    document = TranscriptDocument(cues)
    problems = Problems()

    assert read_vtt(write_vtt(document), problems) == document
    assert not document.is_timed
    assert problems.listed() == []
    assert "<time>" not in write_html(document, language="en", title="T")
    assert read_text(write_text(document), is_known=lambda _: True) == document


def test_html_escapes_every_word_and_name():
    hostile = "</p><script>alert(1)</script>\"'"
    page = write_html(
        TranscriptDocument((Cue(0, 9, hostile, hostile),)), language='"><b>', title=hostile
    )

    assert "<script" not in page
    assert "<b>" not in page
    assert spoken(read_html(page)) == hostile.split()
