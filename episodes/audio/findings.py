"""Every verdict code with its sentence: what is wrong, where, and what to do about it.

A sentence is one or more parts, each marked for translation, with places for a finding's values.
`docs/audio.md` lists the same codes; a test compares the two.
"""

from __future__ import annotations

from episodes.audio.facts import Finding
from episodes.audio.timecode import timecode
from episodes.audio.wording import Value, gettext_noop, word


class Refused(Exception):
    """Raised by a reader that has seen enough to refuse the file."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.sentence)
        self.finding = finding


_WEEK = 7 * 24 * 3600
_EXPORT = gettext_noop("Export the episode as MP3 (or M4A) and upload that.")
_AGAIN = gettext_noop("Export it again, or upload it again in case the transfer was cut.")

REFUSALS: dict[str, tuple[str, ...]] = {
    "empty": (
        gettext_noop(
            "The file is empty: 0 bytes arrived. Check it on your computer and upload it again."
        ),
    ),
    "too-short": (
        gettext_noop("There is almost no sound in this file ({seconds} seconds)."),
        _EXPORT,
    ),
    "archive": (
        gettext_noop(
            "This is {what}, not audio. Unpack it and upload the audio file that is inside."
        ),
    ),
    "web-page": (
        gettext_noop(
            "This is a web page saved as a file, not audio. Download the audio itself (not its "
            "page) and upload that."
        ),
    ),
    "document": (gettext_noop("This is {what}, not audio."), _EXPORT),
    "image": (
        gettext_noop(
            "This is a picture ({what}), not audio. Upload it as artwork, and the audio here."
        ),
    ),
    "video": (
        gettext_noop(
            "This is a video ({what}). Fortnight publishes audio: export only the sound, as MP3 "
            "or M4A, and upload that."
        ),
    ),
    "program": (
        gettext_noop(
            "This is a program ({what}), not audio. Delete it if you do not know its origin."
        ),
    ),
    "playlist": (
        gettext_noop(
            "This is a playlist that points at audio elsewhere, not the audio itself. Upload the "
            "file that it points at."
        ),
    ),
    "unsupported": (gettext_noop("This is {what}, which podcast apps cannot play."), _EXPORT),
    "protected": (
        gettext_noop(
            "This file is locked by copy protection (DRM). Upload a file without protection."
        ),
    ),
    "unknown": (
        gettext_noop(
            "This is not an audio file that Fortnight knows (MP3, M4A, AAC, Ogg, Opus, FLAC, WAV "
            "or AIFF)."
        ),
        _EXPORT,
    ),
    "no-audio": (gettext_noop("There is no sound track in this file."), _EXPORT),
    "truncated": (gettext_noop("The audio breaks off at {place}: the file is incomplete."), _AGAIN),
    "incomplete": (gettext_noop("The file is incomplete: {what}."), _AGAIN),
    "damaged": (gettext_noop("The file is damaged: {what}."), _AGAIN),
    "foreign-data": (gettext_noop("{what} is hidden in this file besides the audio."), _EXPORT),
    "mp4-fragmented": (
        gettext_noop(
            "This is a fragmented MP4, made for streaming; podcast apps cannot seek in it. Export "
            "it as an ordinary M4A or MP3."
        ),
    ),
    "tag-too-large": (
        gettext_noop(
            "The tag of this file takes {mib} MB; the limit is 16 MB. Remove large pictures or "
            "attachments from the tag and export again."
        ),
    ),
    "tag-compressed": (
        gettext_noop(
            "The tag of this file has compressed or encrypted parts, which podcast apps cannot "
            "read. Export again with an ordinary ID3v2.3 tag."
        ),
    ),
    "tag-too-many-frames": (
        gettext_noop(
            "The tag of this file has more than 2,000 entries. Clear the tag and export again."
        ),
    ),
    "tag-nested": (
        gettext_noop(
            "The chapters in the tag of this file are nested inside each other, which no app "
            "reads. Write the chapters again and export."
        ),
    ),
    "too-many-chapters": (
        gettext_noop("The file has more than 500 chapters. Merge some and export again."),
    ),
    "cover-too-large": (
        gettext_noop(
            "The picture in the file's tag is {mib} MB; the limit is 10 MB. Make it smaller (a "
            "JPEG under 500 KB is enough) and export again."
        ),
    ),
    "unreadable": (
        gettext_noop(
            "The file could not be read: its structure broke the reader, as damaged or hostile "
            "files do."
        ),
        _EXPORT,
    ),
}

WARNINGS: dict[str, tuple[str, ...]] = {
    "length-header-wrong": (
        gettext_noop(
            "The file's own header says {claimed}, but the audio lasts {real}. Some apps will "
            "show the wrong length: listen to the end, and export it again."
        ),
    ),
    "length-header-missing": (
        gettext_noop(
            "The file's header does not say how long it is, as when sound was streamed or a "
            "recorder was switched off; {real} were found. Listen to the end, and export it again."
        ),
    ),
    "junk-before": (
        gettext_noop(
            "There are {count} bytes of something else before the audio. Old players may stumble: "
            "export it again."
        ),
    ),
    "junk-inside": (
        gettext_noop(
            "At {at} there are {count} bytes that are not audio; listeners may hear a click. "
            "Listen there, and export again."
        ),
    ),
    "junk-after": (
        gettext_noop(
            "There are {count} bytes of something else after the audio. They are harmless but are "
            "downloaded by everyone: export it again."
        ),
    ),
    "damaged-inside": (
        gettext_noop(
            "At {at} a piece of the audio is missing or damaged; listeners may hear a gap. Listen "
            "there, and export or upload it again."
        ),
    ),
    "gaps": (
        gettext_noop(
            "The file leaves out {seconds} s between pieces of its sound, as recorders of calls "
            "do. Apps disagree on its length and on where its chapters are: open it in an editor "
            "and export it again."
        ),
    ),
    "joined": (
        gettext_noop(
            "Several files were joined into one without re-encoding (at {at}). Apps may show the "
            "wrong length: open it in an editor and export once more."
        ),
    ),
    "several-tracks": (
        gettext_noop(
            "The file holds {count} sound tracks that run at once. Players play the first: listen "
            "to it, and export again with one track."
        ),
    ),
    "no-end-mark": (
        gettext_noop(
            "The file has no end mark, as when a recorder was switched off. Listen to the end "
            "before you release it."
        ),
    ),
    "tags-unreadable": (
        gettext_noop(
            "The tag (title, chapters, picture) of this file could not be read and was left out. "
            "The audio itself is fine."
        ),
    ),
    "text-cut": (
        gettext_noop("A text in the file's tag is longer than 10,000 characters and was cut."),
    ),
    "chapters-left-out": (
        gettext_noop(
            "The chapters in this file are too long to be taken over. Enter them by hand."
        ),
    ),
    "chapters-same-start": (
        gettext_noop(
            "Chapters in this file start at the same moment as another, and were left out: "
            "{names}. Enter them by hand at a moment of their own."
        ),
    ),
    "not-for-apple": (
        gettext_noop(
            "Apple Podcasts accepts only MP3 and M4A; this is {what}. Export the episode as MP3 "
            "to reach every app."
        ),
    ),
    "sample-rate": (
        gettext_noop(
            "The sample rate is {rate} kHz; Apple Podcasts asks for 44.1 or 48 kHz. Export with "
            "{wanted} kHz."
        ),
    ),
    "bit-rate-low": (
        gettext_noop(
            "The bit rate is {kbps} kbit/s; Spotify asks for at least 96. Export with {wanted} "
            "kbit/s."
        ),
    ),
    "bit-rate-high": (
        gettext_noop(
            "The bit rate is {kbps} kbit/s, more than speech needs (Apple Podcasts advises "
            "{advice}). Every download costs more: export with {wanted} kbit/s."
        ),
    ),
    "over-200-mb": (
        gettext_noop(
            "The file is {megabytes} MB; Spotify takes at most 200 MB. Export as MP3 with "
            "{wanted} kbit/s."
        ),
    ),
    "too-long-for-200-mb": (
        gettext_noop(
            "The file is {megabytes} MB; Spotify takes at most 200 MB, and an episode of this "
            "length does not fit with the 96 kbit/s that it asks for. Release it in two parts."
        ),
    ),
    "channels": (
        gettext_noop(
            "The file has {count} channels; podcast apps expect one or two. Export as stereo or "
            "mono."
        ),
    ),
    "extension": (
        gettext_noop(
            "The file is named {named}, but it is {what}. Nothing to do: listeners get it as "
            "{extension}."
        ),
    ),
}

WORDS = {**REFUSALS, **WARNINGS}


def refuse(code: str, **values: Value) -> Refused:
    return Refused(Finding(code, word(REFUSALS[code], values), refuses=True, values=values))


def warn(code: str, **values: Value) -> Finding:
    return Finding(code, word(WARNINGS[code], values), values=values)


def truncated(at: float, of: float | None = None) -> Refused:
    """Refuse what ends too early: at `at` seconds, of `of` if a header tells what can be."""
    if not of or of > _WEEK:
        return refuse("truncated", place="{at}", at=timecode(at))
    place = gettext_noop("{at} of {whole}")
    return refuse("truncated", place=place, at=timecode(at), whole=timecode(of))
