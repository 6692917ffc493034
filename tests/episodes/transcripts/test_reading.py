"""What editors bring: six forms, many habits."""

import codecs
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from episodes.transcripts.document import clean_line
from episodes.transcripts.reading import Form, read_transcript, tell_form
from episodes.transcripts.vtt import read_master, read_vtt
from tests.episodes.transcripts.documents import cues_of, read

# --- WebVTT ---------------------------------------------------------------------------------------


def test_webvtt_voices_classes_entities_and_settings():
    text = (
        "\ufeffWEBVTT - Title\nKind: captions\n\nNOTE made by\nhand --> yes\n\nSTYLE\n::cue {}\n\n"
        "intro\n00:01.500 --> 00:02.000 align:start\n"
        "<v.loud Anna Lee>Thirty <i>years</i>\nago &lt;3\n"
    )

    found, messages = read(text)

    assert cues_of(text) == [(1_500, "Anna Lee", "Thirty years ago <3")]
    assert found.document.notes == ("made by hand --> yes",)
    assert messages == []


def test_two_voices_in_a_cue_are_two_cues_of_the_same_time():
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna>Yes.</v> <v Boris>No.</v> Both.\n"

    assert cues_of(text) == [(1_000, "Anna", "Yes."), (1_000, "Boris", "No."), (1_000, "", "Both.")]
    assert read(text)[1] == []


def test_what_is_no_markup_of_webvtt_is_something_somebody_typed():
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<laughs> 1 < 2 <00:01.500><c.yellow>yes</c>\n"

    assert cues_of(text) == [(1_000, "", "<laughs> 1 < 2 yes")]


def test_any_line_end_and_cues_without_an_empty_line_between():
    text = "WEBVTT\r\n00:01.000 --> 00:02.000\r\nOne\r\n00:02.000 --> 00:03.000\rTwo\n"

    assert [words for _start, _who, words in cues_of(text)] == ["One", "Two"]


@given(st.text(alphabet=st.sampled_from("0123456789:.,-> <v>\n\rWEBTab&;NOTE"), max_size=300))
def test_no_text_breaks_a_reader(text):
    for data in (text, f"WEBVTT\n\n{text}", f"<p>{text}", f'{{"segments":[{text}'):
        found = read_transcript(data)
        for cue in found.document.cues:
            assert cue.text == clean_line(cue.text) != ""
            assert cue.start_ms >= 0
        assert (
            read_master(data).cues == read_vtt(data.replace("\r\n", "\n").replace("\r", "\n")).cues
        )


@given(st.binary(max_size=400))
def test_no_bytes_break_a_reader(data):
    read_transcript(data)


# --- SubRip ---------------------------------------------------------------------------------------


def srt(*texts):
    return "\n\n".join(
        f"{n}\n00:00:{n:02},000 --> 00:00:{n:02},900\n{text}" for n, text in enumerate(texts, 1)
    )


def voices(*texts, **options):
    return [(who, words) for _start, who, words in cues_of(srt(*texts), "x.srt", **options)]


def test_subrip_takes_speakers_from_prefixes_that_come_back():
    assert voices("Anna: One", "two", "Boris: Three", "Anna: Four", "Boris: Five") == [
        ("Anna", "One"), ("Anna", "two"), ("Boris", "Three"), ("Anna", "Four"), ("Boris", "Five"),
    ]  # fmt: skip


@pytest.mark.parametrize("mark", ["[Anna]: ", ">> Anna: ", "- Anna: ", "(Anna): ", "Anna : "])
def test_subrip_knows_the_habits_of_captioners(mark):
    assert voices(f"{mark}One", f"{mark}Two") == [("Anna", "One"), ("Anna", "Two")]


def test_a_prefix_said_once_is_a_speaker_only_if_somebody_of_that_name_is_credited():
    assert voices("Anna: One", "two") == [("", "Anna: One"), ("", "two")]
    assert voices("Anna: One", "two", is_known=lambda label: label == "Anna") == [
        ("Anna", "One"),
        ("Anna", "two"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Note: this is said twice",
        "12:30: the train leaves",
        "https://example.org: an address",
        "He said: come here",
        "The one thing that nobody at the summit would say: no",
        "Примечание: повторяется",
        "Really? Yes: of course",
    ],
)
def test_a_colon_alone_makes_no_speaker(text):
    assert voices(text, text, text) == [("", text)] * 3


def test_labels_in_small_letters_want_three_times():
    assert (
        voices("first voice: One", "first voice: Two", "first voice: Three")[0][0] == "first voice"
    )
    assert voices("first voice: One", "first voice: Two")[0][0] == ""


CREDITED = {"is_known": lambda label: label in {"Bruce Pannier", "Брюс Панниер"}}


@pytest.mark.parametrize(
    ("host", "guest"),
    [
        ("Bruce Pannier", "Daryana"),
        ("Брюс Панниер", "Дарьяна Грязнова"),
        ("Bruce Pannier", "Speaker 2"),
        ("Bruce Pannier", "Dr. J. van Lee"),
        ("Bruce Pannier", "Проф. Анна-Мария Ли"),
    ],
)
def test_a_guest_whom_nobody_knows_is_not_given_the_hosts_name(host, guest):
    texts = (f"{host}: Welcome", f"{guest}: I disagree.", "and I said so", f"{host}: Well")

    assert voices(*texts, **CREDITED) == [
        (host, "Welcome"), (guest, "I disagree."), (guest, "and I said so"), (host, "Well"),
    ]  # fmt: skip
    found, messages = read(srt(*texts), "x.srt", **CREDITED)
    assert not found.refused
    assert messages == [
        (
            f"Line 6, cue 2: “{guest}” is nobody whom the credits name, and was taken for who "
            "speaks. If that is somebody, credit them; if it is not, mend the line."
        )
    ]


def test_a_name_said_once_between_two_of_another_is_its_own_voice():
    assert voices("Anna Lee: Hi", "Bo Yang: Yo", "Anna Lee: So") == [
        ("Anna Lee", "Hi"), ("Bo Yang", "Yo"), ("Anna Lee", "So"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Daryana says: I disagree.",
        "Daryana, in Bishkek: I disagree.",
        "DARYANA (on the phone): I disagree.",
        "Daryana:I disagree.",
        "Question: what now?",
        "Вопрос: что теперь?",
        "The Very Long Name Of Somebody Unknown Abroad: I disagree.",
    ],
)
def test_in_doubt_nobody_speaks_and_no_word_is_lost(text):
    texts = ("Bruce Pannier: Welcome", text, "and so on", "Bruce Pannier: Well")

    assert voices(*texts, **CREDITED) == [
        ("Bruce Pannier", "Welcome"), ("", text), ("", "and so on"), ("Bruce Pannier", "Well"),
    ]  # fmt: skip
    _found, messages = read(srt(*texts), "x.srt", **CREDITED)
    assert len(messages) == 1
    assert messages[0].startswith("Line 6, cue 2: ")
    assert "has no speaker" in messages[0]


@pytest.mark.parametrize(
    "text",
    [
        "Note: this is said in between",
        "12:30: the train leaves",
        "https://example.org: an address",
        "He said: come here",
        "the answer is: no",
        "Примечание: оговорка",
        "nothing at all",
    ],
)
def test_a_colon_in_what_somebody_says_does_not_silence_them(text):
    assert voices("Bruce Pannier: Welcome", text, **CREDITED)[1] == ("Bruce Pannier", text)


def test_a_name_alone_in_its_cue_speaks_what_follows():
    texts = ("Bruce Pannier: Welcome", "Daryana:", "I disagree.", "Bruce Pannier:", "Well")

    assert voices(*texts, **CREDITED) == [
        ("Bruce Pannier", "Welcome"), ("Daryana", "Daryana:"), ("Daryana", "I disagree."),
        ("Bruce Pannier", "Bruce Pannier:"), ("Bruce Pannier", "Well"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["Daryana: I disagree.", "Daryana:\nI disagree."])
def test_a_guest_in_a_plain_text_is_not_given_the_hosts_name(text):
    found, messages = read(f"Anna: One.\n\n{text}\n\nGoes on.\n\nAnna: Two.")

    assert [(cue.speaker, cue.text) for cue in found.document.cues] == [
        ("Anna", "One."), ("Daryana", "I disagree."), ("Daryana", "Goes on."), ("Anna", "Two."),
    ]  # fmt: skip
    assert [message for message in messages if message.startswith("Line 3: “Daryana”")]


def test_subrip_drops_its_own_tags_and_keeps_other_signs():
    assert voices("{\\an8}<font color=red><b>R&D</b></font> &amp; <laughs>") == [
        ("", "R&D &amp; <laughs>")
    ]


# --- JSON -----------------------------------------------------------------------------------------


def test_json_of_the_namespace_and_of_whisper():
    namespace = {"segments": [{"speaker": "Anna", "startTime": 1.5, "endTime": 2, "body": "One"}]}
    whisper = {"text": "One", "segments": [{"start": 1.5, "end": 2, "text": " One"}]}

    assert cues_of(json.dumps(namespace)) == [(1_500, "Anna", "One")]
    assert cues_of(json.dumps(whisper)) == [(1_500, "", "One")]


def test_one_missing_end_of_json_leaves_the_true_ones_alone():
    segments = [
        {"startTime": 1, "endTime": 2, "body": "First."},
        {"startTime": 3, "body": "No end."},
        {"startTime": 5, "endTime": 6, "body": "Third."},
        {"startTime": 7, "body": "Silence follows."},
        {"startTime": 600, "body": "Last."},
    ]

    found, messages = read(json.dumps({"segments": segments}), duration_ms=3_600_000)

    assert [(cue.start_ms, cue.end_ms) for cue in found.document.cues] == [
        (1_000, 2_000), (3_000, 5_000), (5_000, 6_000), (7_000, 17_000), (600_000, 610_000),
    ]  # fmt: skip
    assert not found.refused
    rest = "Look whether the words stay long enough."
    assert messages == [
        f"Cue 2: “endTime” is missing. The cue was given 0:00:05 as its end. {rest}",
        f"Cue 4: “endTime” is missing. The cue was given 0:00:17 as its end. {rest}",
        f"Cue 5: “endTime” is missing. The cue was given 0:10:10 as its end. {rest}",
    ]


def test_json_without_any_end_has_beginnings_only():
    found, messages = read('{"segments": [{"start": 1, "text": "A"}, {"start": 60, "text": "B"}]}')

    assert [cue.end_ms for cue in found.document.cues] == [60_000, 61_000]
    assert [problem.code for problem in found.problems] == ["ends-guessed"]
    assert len(messages) == 1


def test_json_words_are_joined_into_sentences_of_one_voice():
    words = [("A", "The"), ("A", "river"), ("A", "rises"), ("A", "."), ("A", "Then"), ("B", "Yes")]
    segments = [
        {"speaker": who, "startTime": n, "endTime": n + 0.9, "body": word}
        for n, (who, word) in enumerate(words)
    ]

    assert cues_of(json.dumps({"segments": segments})) == [
        (0, "A", "The river rises."),
        (4_000, "A", "Then"),
        (5_000, "B", "Yes"),
    ]


# --- HTML and plain text --------------------------------------------------------------------------


def test_html_of_the_namespace():
    text = (
        "<html><head><title>No words</title><style>p{}</style></head><body>"
        "<cite>Anna:</cite><time>0:01</time><p>One <b>two</b></p><p>three</p>"
        "<script>alert(1)</script><cite>Boris:</cite>\n<time>1:02:03</time>\n<p>Four</p></body></html>"
    )

    found, messages = read(text, duration_ms=4_000_000)

    assert cues_of(text) == [
        (1_000, "Anna", "One two"),
        (1_000, "Anna", "three"),
        (3_723_000, "Boris", "Four"),
    ]
    assert [cue.end_ms for cue in found.document.cues] == [3_723_000, 3_723_000, 4_000_000]
    assert len(messages) == 1


def test_a_title_in_a_sentence_of_html_is_no_speaker():
    text = "<p>He read <cite>War and Peace</cite> on <time>4 May</time>.</p>"

    assert cues_of(text) == [(0, "", "He read War and Peace on 4 May.")]


def test_a_wrong_time_of_html_is_named_with_its_line():
    _found, messages = read("<p>a</p>\n<time>1:99</time>\n<p>One</p>")

    assert messages[0] == "Line 2: “1:99” is no time. Write it as 00:12:07.000."


def test_plain_text_has_turns_and_no_times():
    text = "Anna: One.\nStill one.\n\nBoris: Two.\n\nAnna:\nThree.\n\nGoes on.\n\nBoris: Four."

    found, messages = read(text)

    assert not found.document.is_timed
    assert [(cue.speaker, cue.text) for cue in found.document.cues] == [
        ("Anna", "One. Still one."),
        ("Boris", "Two."),
        ("Anna", "Three."),
        ("Anna", "Goes on."),
        ("Boris", "Four."),
    ]
    assert messages[0].startswith("The file has no times.")


@pytest.mark.parametrize(
    "text",
    [
        "[0:01] Anna: One.\n\n[0:05] Boris: Two.\n\n[0:09] Anna: Three.\n\n[0:11] Boris: Four.",
        "Anna  0:01\nOne.\n\nBoris  0:05\nTwo.\n\nAnna  0:09\nThree.\n\nBoris  0:11\nFour.",
    ],
)
def test_plain_text_with_a_time_at_every_turn_has_times(text):
    assert cues_of(text) == [
        (1_000, "Anna", "One."),
        (5_000, "Boris", "Two."),
        (9_000, "Anna", "Three."),
        (11_000, "Boris", "Four."),
    ]


def test_a_time_that_is_spoken_of_stays_a_word():
    text = "First words.\n\n[12:30] is when the train leaves.\n\nLast words."

    assert [words for _start, _who, words in cues_of(text)][
        1
    ] == "[12:30] is when the train leaves."


# --- Letters and sizes ----------------------------------------------------------------------------

RUSSIAN = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Вера>Вода идёт сама, «от гор».\n"


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("windows-1251", b""),
    ],
)
def test_letters_are_read_in_whatever_encoding(encoding, mark):
    data = mark + RUSSIAN.encode(encoding)

    found, messages = read(data)

    assert cues_of(data) == [(1_000, "Вера", "Вода идёт сама, «от гор».")]
    assert [problem.code for problem in found.problems] == (
        ["decoded"] if encoding == "windows-1251" else []
    )
    assert all("Windows-1251" in message for message in messages)


def test_western_letters_are_not_taken_for_russian_ones():
    text = "1\n00:00:01,000 --> 00:00:02,000\nCafé, naïve, Zürich – “señor”.\n"

    assert cues_of(text.encode("windows-1252"))[0][2] == "Café, naïve, Zürich – “señor”."


def test_characters_that_break_pages_are_dropped_and_spelling_is_kept():
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nA\x01\x00\u202eB\u2066 می\u200cخواهم \u200fשלום\n"

    assert cues_of(text)[0][2] == "AB می\u200cخواهم \u200fשלום"


@pytest.mark.parametrize(
    ("text", "name", "form"),
    [
        ("WEBVTT", "x.srt", Form.VTT),
        ("1\n00:00:01,0 --> 00:00:02,0\nx", "x.txt", Form.SRT),
        ("00:01.0 --> 00:02.0\nx", "", Form.VTT),
        ('{"segments": []}', "x.vtt", Form.JSON),
        ("<p>x", "x.txt", Form.HTML),
        ("[Anna]: x", "", Form.TEXT),
        ("words <3", "x.docx", Form.TEXT),
        ("1\n00:00:01 00:00:02\nx", "x.srt", Form.SRT),
    ],
)
def test_the_form_is_told_from_the_words(text, name, form):
    assert tell_form(text, name) is form


HOSTILE = {
    "open voices": "WEBVTT\n\n00:00.000 --> 00:01.000\n" + "<v " * 1_600_000,
    "a voice of spaces": "WEBVTT\n\n00:00.000 --> 00:01.000\n<v" + " " * 5_000_000,
    "digits and an arrow": "WEBVTT\n\n" + "1" * 5_000_000 + "-->",
    "a time and spaces": "WEBVTT\n\n00:00:00.000" + " " * 5_000_000 + "x",
    "arrows": "WEBVTT\n\n" + "-->\n" * 1_200_000,
    "numbers": "WEBVTT\n\n" + "1\n" * 2_400_000,
    "cues": srt(*["x"] * 99) * 1200,
    "elements": "<p>" * 1_700_000,
    "entities": '<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><p>' + "&b;" * 1_000_000,
    "attributes": "<p " + "a=1 " * 1_200_000 + ">x",
    "objects": '{"segments":[' + '{"a":' * 900_000,
    "paragraphs": "a: b\n\n" * 800_000,
    "colons": "a:" * 2_500_000,
    "controls": "\x01" * 5_000_000,
    "turns": "\u202e" * 1_600_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_five_megabytes_of_anything_are_answered(text):
    """In a second or two; a reader that goes back and forth would take hours."""
    found, _messages = read(text)

    assert found.refused or found.document.cues
    assert len(found.problems) < 100
