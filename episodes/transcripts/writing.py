"""Every form in which a transcript is served, made from the same document at the same moment."""

from collections.abc import Callable
from dataclasses import dataclass

from episodes.transcripts.document import TranscriptDocument
from episodes.transcripts.markup import write_html
from episodes.transcripts.plain import write_text
from episodes.transcripts.podcast_json import write_json
from episodes.transcripts.srt import write_srt
from episodes.transcripts.vtt import write_vtt

Write = Callable[[TranscriptDocument, str, str], str]


@dataclass(frozen=True, slots=True)
class ServedForm:
    """A form with its exact type, as the podcast namespace names it."""

    extension: str
    mime_type: str
    label: str
    write: Write
    """Document, language, title of the episode."""
    needs_times: bool = True
    in_feed: bool = True
    rel: str = ""


FORMS: dict[str, ServedForm] = {
    form.extension: form
    for form in (
        ServedForm(
            "vtt", "text/vtt", "WebVTT", lambda doc, _lang, _title: write_vtt(doc), rel="captions"
        ),
        ServedForm(
            "srt",
            "application/x-subrip",
            "SRT",
            lambda doc, _lang, _title: write_srt(doc),
            rel="captions",
        ),
        ServedForm("json", "application/json", "JSON", lambda doc, _lang, _title: write_json(doc)),
        ServedForm(
            "html",
            "text/html",
            "HTML",
            lambda doc, lang, title: write_html(doc, language=lang, title=title),
            needs_times=False,
        ),
        ServedForm(
            "txt",
            "text/plain",
            "Text",
            lambda doc, _lang, _title: write_text(doc),
            needs_times=False,
            in_feed=False,
        ),
    )
}


def forms_of(*, is_timed: bool) -> list[ServedForm]:
    """Return the forms that a transcript has: without times there is none with times."""
    return [form for form in FORMS.values() if is_timed or not form.needs_times]
