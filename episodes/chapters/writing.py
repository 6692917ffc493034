"""The forms in which a list of chapters can be taken away."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from episodes.chapters import json_chapters, psc, vtt
from episodes.chapters.marks import ChapterMark
from episodes.chapters.notes import write_notes
from episodes.chapters.reading import Form
from episodes.chapters.timestamps import write_timestamps


@dataclass(frozen=True, slots=True)
class About:
    """What a list of chapters may say of the episode that it belongs to."""

    title: str = ""
    podcast_name: str = ""
    file_name: str = ""
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Writer:
    media_type: str
    ending: str
    write: Callable[[Sequence[ChapterMark], About], str]


FORMS: Mapping[Form, Writer] = {
    Form.JSON: Writer(
        json_chapters.MEDIA_TYPE,
        "chapters.json",
        lambda marks, about: json_chapters.write_json(
            marks,
            title=about.title,
            podcast_name=about.podcast_name,
            file_name=about.file_name,
        ),
    ),
    Form.PSC: Writer(psc.MEDIA_TYPE, "psc.xml", lambda marks, _: psc.write_psc(marks)),
    Form.VTT: Writer(
        vtt.MEDIA_TYPE,
        "chapters.vtt",
        lambda marks, about: vtt.write_vtt(marks, duration_ms=about.duration_ms),
    ),
    Form.LIST: Writer("text/plain", "chapters.txt", lambda marks, _: write_timestamps(marks)),
    Form.NOTES: Writer("text/markdown", "chapters.md", lambda marks, _: write_notes(marks)),
}
