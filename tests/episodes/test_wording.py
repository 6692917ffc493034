"""What was found in a file is said in the reader's language, and old rows are still understood."""

import pytest
from django.utils import translation

from episodes.audio.findings import WORDS, refuse, truncated, warn
from episodes.wording import sentence


def row(finding):
    return {"code": finding.code, "message": finding.sentence, "values": finding.values}


FINDINGS = [
    warn("junk-inside", at="0:12", count=13_000),
    warn("sample-rate", rate=22.05, wanted=44.1),
    refuse("archive", what="a ZIP archive").finding,
    refuse("tag-nested").finding,
    truncated(125, 1800).finding,
    truncated(125).finding,
]


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding.code)
def test_a_stored_finding_is_said_as_it_was_worded(finding):
    with translation.override("en"):
        assert sentence(row(finding)) == finding.sentence


def test_a_finding_is_said_in_the_language_of_now(monkeypatch):
    words = {
        "This is {what}, not audio. Unpack it and upload the audio file that is inside.": (
            "Это {what}, а не звук."
        ),
        "a ZIP archive": "архив ZIP",
    }
    monkeypatch.setattr("episodes.wording.gettext", lambda text: words.get(text, text))

    assert sentence(row(refuse("archive", what="a ZIP archive").finding)) == (
        "Это архив ZIP, а не звук."
    )


def test_numbers_are_grouped_as_the_reader_groups_them():
    finding = row(warn("junk-inside", at="0:12", count=13_000))

    with translation.override("ru"):
        assert "13\xa0000" in sentence(finding)


@pytest.mark.parametrize(
    "old",
    [
        {"code": "junk-inside", "message": "As it was."},
        {"code": "junk-inside", "message": "As it was.", "values": None},
        {"code": "no-longer-a-code", "message": "As it was.", "values": {"a": 1}},
        {"code": "junk-inside", "message": "As it was.", "values": {"at": "0:12"}},
    ],
)
def test_what_cannot_be_said_anew_is_said_as_it_was(old):
    assert sentence(old) == "As it was."


def test_an_old_row_whose_sentence_needs_no_values_is_said_anew():
    assert sentence({"code": "empty", "message": "As it was."}).startswith("The file is empty")


def test_a_faulty_translation_does_not_break_the_page(monkeypatch):
    monkeypatch.setattr("episodes.wording.gettext", lambda text: text + " {nonsense}")

    assert sentence(row(FINDINGS[0])) == FINDINGS[0].sentence


def test_our_own_faults_have_words_too():
    assert "Press Retry" in sentence({"code": "gave-up", "message": ""})


def test_every_sentence_ends_as_one():
    assert all(part.endswith(".") for parts in WORDS.values() for part in parts)
