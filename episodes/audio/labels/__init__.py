"""What a file says about itself: title, chapters, cover. mutagen reads, nothing of it is trusted.

A tag that cannot be read costs the tag, never the audio.
"""

from __future__ import annotations

from collections.abc import Callable

from mutagen.id3 import ID3NoHeaderError

from episodes.audio.facts import Depth
from episodes.audio.findings import Refused, warn
from episodes.audio.id3 import skip_tags
from episodes.audio.labels.contents import Labels
from episodes.audio.labels.id3 import read_id3
from episodes.audio.labels.mp4 import read_mp4_labels
from episodes.audio.labels.riff import read_aiff_labels, read_wav_labels
from episodes.audio.labels.vorbis import read_flac_comments, read_ogg_comments
from episodes.audio.source import Readable, Source

__all__ = ["Labels", "read_labels"]


def read_labels(
    file: Readable | Source,
    container: str,
    codec: str,
    *,
    start: int | None = None,
    depth: Depth = Depth.WHOLE,
) -> Labels:
    """Return the tag's contents, cleaned and cut; a tag that breaks its reader becomes a warning.

    `start` is where the container begins, behind any ID3 tags. Raise `Refused` for a tag that is
    dangerous.
    """
    source = file if isinstance(file, Source) else Source(file)
    begin = skip_tags(source, depth) if start is None else start
    try:
        return _READERS[container](source, begin, codec, depth)
    except (MemoryError, OSError, Refused):
        raise
    except ID3NoHeaderError:
        return Labels()
    except Exception:  # noqa: BLE001 - mutagen raises a dozen kinds on damaged tags
        return Labels(findings=(warn("tags-unreadable"),))


_READERS: dict[str, Callable[[Source, int, str, Depth], Labels]] = {
    "MP3": lambda source, _start, _codec, depth: read_id3(source, depth),
    "ADTS": lambda source, _start, _codec, depth: read_id3(source, depth),
    "MP4": lambda source, start, _codec, depth: read_mp4_labels(source, start, depth),
    "Ogg": read_ogg_comments,
    "FLAC": lambda source, start, _codec, depth: read_flac_comments(source, start, depth),
    "WAV": lambda source, start, _codec, depth: read_wav_labels(source, start, depth),
    "AIFF": lambda source, start, _codec, depth: read_aiff_labels(source, start, depth),
}
