"""Every verdict code with its sentence: what is wrong, where, and what to do about it.

`docs/audio.md` lists the same codes; a test compares the two.
"""

from __future__ import annotations

from episodes.audio.facts import Finding
from episodes.audio.timecode import timecode


class Refused(Exception):
    """Raised by a reader that has seen enough to refuse the file."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.sentence)
        self.finding = finding


_EXPORT = "Export the episode as MP3 (or M4A) and upload that."
_AGAIN = "Export it again, or upload it again in case the transfer was cut."

REFUSALS = {
    "empty": "The file is empty: 0 bytes arrived. Check it on your computer and upload it again.",
    "too-short": "There is almost no sound in this file ({seconds:.2f} seconds). " + _EXPORT,
    "archive": "This is {what}, not audio. Unpack it and upload the audio file that is inside.",
    "web-page": "This is a web page saved as a file, not audio. Download the audio itself "
    "(not its page) and upload that.",
    "document": "This is {what}, not audio. " + _EXPORT,
    "image": "This is a picture ({what}), not audio. Upload it as artwork, and the audio here.",
    "video": "This is a video ({what}). Fortnight publishes audio: export only the sound, "
    "as MP3 or M4A, and upload that.",
    "program": "This is a program ({what}), not audio. Delete it if you do not know its origin.",
    "playlist": "This is a playlist that points at audio elsewhere, not the audio itself. "
    "Upload the file that it points at.",
    "unsupported": "This is {what}, which podcast apps cannot play. " + _EXPORT,
    "protected": "This file is locked by copy protection (DRM). Upload a file without protection.",
    "unknown": "This is not an audio file that Fortnight knows (MP3, M4A, AAC, Ogg, Opus, FLAC, "
    "WAV or AIFF). " + _EXPORT,
    "no-audio": "There is no sound track in this file. " + _EXPORT,
    "truncated": "The audio breaks off at {at}{of}: the file is incomplete. " + _AGAIN,
    "incomplete": "The file is incomplete: {what}. " + _AGAIN,
    "damaged": "The file is damaged: {what}. " + _AGAIN,
    "foreign-data": "{what} is hidden in this file besides the audio. " + _EXPORT,
    "mp4-fragmented": "This is a fragmented MP4, made for streaming; podcast apps cannot seek "
    "in it. Export it as an ordinary M4A or MP3.",
    "tag-too-large": "The tag of this file takes {mib:.0f} MB; the limit is 16 MB. Remove large "
    "pictures or attachments from the tag and export again.",
    "tag-compressed": "The tag of this file has compressed or encrypted parts, which podcast apps "
    "cannot read. Export again with an ordinary ID3v2.3 tag.",
    "tag-too-many-frames": "The tag of this file has more than 2,000 entries. Clear the tag and "
    "export again.",
    "tag-nested": "The chapters in the tag of this file are nested inside each other, which no app "
    "reads. Write the chapters again and export.",
    "too-many-chapters": "The file has more than 500 chapters. Merge some and export again.",
    "cover-too-large": "The picture in the file's tag is {mib:.0f} MB; the limit is 10 MB. Make it "
    "smaller (a JPEG under 500 KB is enough) and export again.",
    "unreadable": "The file could not be read: its structure broke the reader, as damaged or "
    "hostile files do. " + _EXPORT,
}

WARNINGS = {
    "length-header-wrong": "The file's own header says {claimed}, but the audio lasts {real}. Some "
    "apps will show the wrong length: listen to the end, and export it again.",
    "junk-before": "There are {count} bytes of something else before the audio. Old players may "
    "stumble: export it again.",
    "junk-inside": "At {at} there are {count} bytes that are not audio; listeners may hear a "
    "click. Listen there, and export again.",
    "junk-after": "There are {count} bytes of something else after the audio. They are harmless "
    "but are downloaded by everyone: export it again.",
    "joined": "Several files were joined into one without re-encoding (at {at}). Apps may show the "
    "wrong length: open it in an editor and export once more.",
    "no-end-mark": "The file has no end mark, as when a recorder was switched off. Listen to the "
    "end before you release it.",
    "tags-unreadable": "The tag (title, chapters, picture) of this file could not be read and was "
    "left out. The audio itself is fine.",
    "text-cut": "A text in the file's tag is longer than 10,000 characters and was cut.",
    "chapters-left-out": "The chapters in this file are too long to be taken over. Enter them "
    "by hand.",
    "not-for-apple": "Apple Podcasts accepts only MP3 and M4A; this is {what}. Export the episode "
    "as MP3 to reach every app.",
    "sample-rate": "The sample rate is {rate}; Apple Podcasts asks for 44.1 or 48 kHz. Export with "
    "44.1 kHz.",
    "bit-rate-low": "The bit rate is {kbps} kbit/s; Spotify asks for at least 96. Export with "
    "{advice} kbit/s.",
    "bit-rate-high": "The bit rate is {kbps} kbit/s, more than speech needs (Apple Podcasts "
    "advises {advice}). Every download costs more: export with a lower one.",
    "over-200-mb": "The file is {mib:.0f} MB; Spotify takes at most 200 MB. Export with a lower "
    "bit rate.",
    "channels": "The file has {count} channels; podcast apps expect one or two. Export as stereo "
    "or mono.",
    "extension": "The file is named {named}, but it is {what}. Nothing to do: listeners get it as "
    "{extension}.",
}


def refuse(code: str, **values: object) -> Refused:
    return Refused(Finding(code, REFUSALS[code].format(**values), refuses=True))


def warn(code: str, **values: object) -> Finding:
    return Finding(code, WARNINGS[code].format(**values))


def truncated(at: float, of: float | None = None) -> Refused:
    return refuse("truncated", at=timecode(at), of=f" of {timecode(of)}" if of else "")
