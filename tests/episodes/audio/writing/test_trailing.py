"""What old tools hang behind the sound is no part of it."""

from pathlib import Path

from tests.episodes.audio import corpus
from tests.episodes.audio.writing.test_published import decoded, write_bytes


def test_a_flac_with_an_old_tag_behind_it_is_written(tmp_path: Path):
    tagged = corpus.sound("flac.flac") + b"TAG" + b"Old".ljust(124, b"\0") + b"\x65"

    target = write_bytes(tmp_path, tagged)

    assert decoded(target) == decoded(tmp_path / "source")


def test_a_flac_with_stray_bytes_behind_it_is_written(tmp_path: Path):
    target = write_bytes(tmp_path, corpus.sound("flac.flac") + b"\xa5" * 300)

    assert decoded(target) == decoded(tmp_path / "source")
