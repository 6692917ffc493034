"""What an editor is told: by line and cue, and whether the file is taken."""

import pytest

from episodes.transcripts.problems import ERRORS, WARNINGS
from episodes.transcripts.reading import read_transcript
from tests.episodes.transcripts.documents import cues_of, read

GOOD = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nOne.\n\n"


def test_a_cue_that_ends_before_it_starts_is_named_with_its_line():
    found, messages = read(GOOD + "00:12:07.000 --> 00:12:01.000\nTwo.\n")

    assert found.refused
    assert messages == ["Line 6, cue 2: the cue ends (0:12:01) before it starts (0:12:07)."]
    assert found.problems[0].quoted == "Two."
    assert (found.problems[0].line, found.problems[0].cue) == (6, 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "00:00:03.000 -> 00:00:04.000\nTwo",
            (
                "Line 6, cue 2: there is no arrow between the two times. "
                "Write “00:00:03.000 --> 00:00:04.000”."
            ),
        ),
        (
            "2\n00:00:03.000 00:00:04.000\nTwo",
            (
                "Line 7, cue 2: there is no arrow between the two times. "
                "Write “00:00:03.000 --> 00:00:04.000”."
            ),
        ),
        (
            "00:61:03.000 --> 00:00:04.000\nTwo",
            "Line 6, cue 2: “00:61:03.000” is no time. Write it as 00:12:07.000.",
        ),
        (
            "00:00:03.000 -->\nTwo",
            "Line 6, cue 2: “” is no time. Write it as 00:12:07.000.",
        ),
        (
            "2\nTwo has no time\n",
            "Line 6, cue 2: the time is missing. Write “00:12:01.000 --> 00:12:07.000”.",
        ),
    ],
)
def test_what_cannot_be_read_refuses_the_file(text, message):
    found, messages = read(GOOD + text)

    assert found.refused
    assert messages == [message]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            GOOD + "00:00:01.500 --> 00:00:04.000\nTwo",
            (
                "Line 6, cue 2: the cue starts (0:00:01.500) before the one above it has ended "
                "(0:00:02)."
            ),
        ),
        (
            GOOD + "00:00:00.500 --> 00:00:00.900\nTwo",
            (
                "Line 6, cue 2: the cue starts (0:00:00.500) before the one above it (0:00:01). "
                "It was put where it belongs."
            ),
        ),
        (
            GOOD + "00:00:03.000 --> 00:00:04.000\n<c></c>\n",
            "Line 6, cue 2: the cue has no words and was left out.",
        ),
        (
            GOOD + "00:00:03.000 --> 00:00:03.000\nTwo",
            "Line 6, cue 2: the cue lasts no time. Apps may never show it.",
        ),
        (
            GOOD + "More words.",
            "Line 6: these words stand after an empty line. They were taken into the cue above.",
        ),
        (
            GOOD.removeprefix("WEBVTT\n\n"),
            "The first line is not “WEBVTT”. It was read all the same.",
        ),
        (
            GOOD + "00:02:00.000 --> 00:02:04.000\nTwo",
            (
                "Line 6, cue 2: the cue starts at 0:02:00, and the audio ends at 0:01:00. Is this "
                "the transcript of another version?"
            ),
        ),
    ],
)
def test_what_can_be_mended_is_a_remark(text, message):
    found, messages = read(text, duration_ms=60_000)

    assert not found.refused
    assert messages == [message]


def test_words_after_an_empty_line_are_kept_and_a_late_cue_is_sorted_in():
    text = GOOD + "and more\n\n00:00:00.000 --> 00:00:00.900\nZero"

    assert cues_of(text) == [(0, "", "Zero"), (1_000, "", "One. and more")]


def test_a_thousand_faults_of_a_kind_are_twenty_and_a_number():
    text = GOOD + "\n\n".join("00:00:09.000 --> 00:00:03.000\nx" for _ in range(1000))

    found, messages = read(text)

    assert len(messages) == 21
    assert messages[-1] == "There are 980 more of the same kind."
    assert found.problems[-1].refuses


def test_errors_come_before_remarks():
    text = GOOD + "00:00:01.500 --> 00:00:04.000\nTwo\n\n00:00:09.000 --> 00:00:08.000\nThree"

    assert [problem.code for problem in read(text)[0].problems] == ["ends-before-start", "overlap"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"WEBVTT\n", "empty"),
        (b"PK\x03\x04rest", "not-text"),
        (b"%PDF-1.7", "not-text"),
        (b"{\\rtf1 words}", "not-text"),
        (b"\xff\xfb\x90\x00" * 100, "not-text"),
        (bytes(range(256)) * 20, "encoding"),
        (b'{"segments": 3}', "json-shape"),
        (b"[" * 100_000, "json-shape"),
        (b'{"segments":[{"startTime":NaN,"body":"x"}]}', "json-shape"),
        (b'{"segments":[{"startTime":' + b"9" * 5000 + b',"body":"x"}]}', "json-shape"),
        (b'{"segments":[{"startTime":1e9,"body":"x"}]}', "segment-shape"),
        (b'{"segments":[{"startTime":1,"body":3}]}', "segment-shape"),
        (b"<p>" + b"<div>" * 100_000, "deeply-nested"),
        (b"x" * (5 * 2**20 + 1), "too-large"),
    ],
)
def test_what_is_no_transcript_is_refused_with_its_reason(data, code):
    found, _messages = read(data)

    assert found.refused
    assert [problem.code for problem in found.problems] == [code]
    assert not found.document.cues


TTML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand -->\n'
    '<tt xml:lang="en" xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling">'
    '<body><div><p begin="00:00:01.000" end="00:00:02.000">Hi</p></div></body></tt>'
)
ASS = (
    "[Script Info]\nTitle: x\n\n[Events]\nFormat: Layer, Start, End, Style, Text\n"
    "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,Hello\n"
)


@pytest.mark.parametrize(
    ("text", "name", "what"),
    [
        (TTML, "x.ttml", "TTML"),
        (TTML.replace("<tt ", "<tt:tt ").replace("xmlns=", "xmlns:tt="), "x.xml", "TTML"),
        (TTML.replace("ns/ttml", "2006/10/ttaf1"), "x.dfxp", "TTML"),
        (ASS, "x.ass", "SSA/ASS"),
        (f"; made by hand\n{ASS}".lower(), "x.txt", "SSA/ASS"),
        (ASS[ASS.index("[Events]") :], "", "SSA/ASS"),
    ],
)
def test_subtitles_in_a_form_that_is_not_read_are_refused_by_its_name(text, name, what):
    for data in (text, text.encode(), text.encode("utf-16")):
        found, messages = read(data, name)

        assert found.refused
        assert messages == [
            (
                f"These are subtitles in {what}, a form that is not read here. Export them as "
                "WebVTT or SRT, and upload that."
            )
        ]
        assert not found.document.cues


def test_words_about_subtitles_are_words():
    for text in ("Anna: We made [Script Info] and <tt> by hand.", "[Events]\n\nDialogue: 3, of us"):
        assert not read(text)[0].refused


def test_broken_json_is_refused_with_its_line():
    _found, messages = read('{"version": "1.0.0",\n"segments": [\n{"startTime": 1,, }]}')

    assert messages[0].startswith("Line 3: this is not valid JSON")


def test_no_code_is_an_error_and_a_remark():
    assert not ERRORS.keys() & WARNINGS.keys()


def test_numbers_of_any_length_are_a_problem_and_no_accident():
    long = "9" * 400
    text = f'{{"segments": [{{"startTime": {long}, "endTime": 2, "body": "Hello"}}]}}'

    (problem,) = [each for each in read_transcript(text).problems if each.code == "segment-shape"]

    assert "startTime" in problem.message


def test_what_is_quoted_can_be_shown_and_stored():
    reading = read_transcript(r'{"segments": [{"startTime": "\ud800", "body": "a\u0000\udfffb"}]}')

    told = [text for each in reading.problems for text in (each.quoted, each.message)]
    assert "ab" in told
    assert "\x00" not in "".join(told).encode().decode()
