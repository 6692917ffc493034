"""Reading WebVTT, the good and the strange."""

from hypothesis import given
from hypothesis import strategies as st

from website.transcripts import Cue, Turn, read_cues, read_turns


def test_cues_have_speaker_time_and_words():
    timing = "00:00:02.340 --> 00:00:12.925 align:start"
    vtt = f"WEBVTT\n\n1\n{timing}\n<v First voice>Thirty <i>years</i>\nago.\n"

    assert list(read_cues(vtt)) == [Cue(2_340, "First voice", "Thirty years ago.")]


def test_hours_may_be_left_out_and_line_ends_may_be_of_any_kind():
    vtt = "WEBVTT\r\n\r\n01:02.500 --> 01:03.000\r\nOne\r\n\r\n10:00:00.000 --> 10:00:01.000\r\nTwo"

    assert [cue.start_ms for cue in read_cues(vtt)] == [62_500, 36_000_000]


def test_notes_styles_and_broken_blocks_are_left_out():
    blocks = ["WEBVTT", "NOTE a remark", "STYLE\n::cue {}", "not a time --> at all\nlost"]
    vtt = "\n\n".join([*blocks, "00:01.000 --> 00:02.000\nkept"])

    assert [cue.text for cue in read_cues(vtt)] == ["kept"]


def test_entities_are_letters_again():
    assert next(read_cues("WEBVTT\n\n00:01.000 --> 00:02.000\nR&amp;D &lt;3")).text == "R&D <3"


def test_cues_of_one_voice_become_one_paragraph_for_a_minute():
    vtt = "WEBVTT\n\n" + "\n\n".join(
        f"00:{minute:02}:{second:02}.000 --> 00:{minute:02}:59.000\n<v A>{word}"
        for minute, second, word in ((0, 0, "one"), (0, 30, "two"), (1, 10, "three"))
    )

    assert read_turns(vtt) == [
        Turn(0, "A", "one two", continues=False),
        Turn(70_000, "A", "three", continues=True),
    ]


@given(st.text(alphabet=st.sampled_from("0123456789:.,-> <v>\n\rWEBTab&;")))
def test_no_text_breaks_the_reader(text):
    for cue in [*read_cues(text), *read_cues(f"WEBVTT\n\n{text}")]:
        assert cue.text
        assert cue.start_ms >= 0
