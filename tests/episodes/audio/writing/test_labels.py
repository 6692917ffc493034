"""Fingerprints and differences: what makes a file newer than another."""

import dataclasses
from datetime import date

from episodes.audio.writing.fitting import ascii_url
from episodes.audio.writing.labels import ChapterLabel, Contributor, Labels, differences
from episodes.audio.writing.languages import three_letters

LABELS = Labels(
    "Title",
    day=date(2025, 12, 14),
    credits=(Contributor("Анна", "Guest"),),
    chapters=(ChapterLabel(0, "One"),),
)


def test_a_fingerprint_stays_the_same_from_release_to_release():
    """When this number changes, every draft of every installation is labelled anew."""
    assert LABELS.sha256() == "1dde0c8f3007fbdfeaefd38044a50baab75bf523334fec573619e0637e7b64a8"


def test_every_field_counts():
    changed = {
        "title": "Other",
        "show": "Show",
        "number": 1,
        "season": 1,
        "day": None,
        "language": "ru",
        "credits": (),
        "publisher": "P",
        "copyright": "C",
        "link": "https://example.org/",
        "summary": "S",
        "partners": ("with",),
        "cover": "c",
        "chapters": (ChapterLabel(0, "One", hidden=True),),
    }
    assert set(changed) == {field.name for field in dataclasses.fields(Labels)}

    for name, value in changed.items():
        other = dataclasses.replace(LABELS, **{name: value})
        assert other.sha256() != LABELS.sha256()
        assert differences(LABELS.to_json(), other) == [name]


def test_labels_do_not_differ_from_themselves():
    assert differences(LABELS.to_json(), LABELS) == []


def test_languages_are_told_in_three_letters():
    tags = ["en", "ru-RU", "tg", "ky", "pt_BR", "fil", "", "x-klingon", "zz"]
    told = ["eng", "rus", "tgk", "kir", "por", "fil", "und", "und", "und"]
    assert [three_letters(tag) for tag in tags] == told


def test_only_addresses_of_the_web_are_links():
    assert ascii_url("https://пример.рф/а б?q=ж#х") == (
        "https://xn--e1afmkfd.xn--p1ai/%D0%B0%20%D0%B1?q=%D0%B6#%D1%85"
    )
    assert ascii_url("http://user:secret@example.org:8080/a%20b") == "http://example.org:8080/a%20b"
    for wrong in ("javascript:alert(1)", "//example.org", "http://[", "https://", "data:x", ""):
        assert ascii_url(wrong) == ""
