from pathlib import Path

import pytest

from accounts.models import User
from episodes.models import Episode, IncomingUpload
from episodes.uploads import receiving
from tests.factories import NOW, EpisodeFactory, UserFactory


@pytest.fixture
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def episode(media: Path) -> Episode:
    return EpisodeFactory.create()


@pytest.fixture
def editor(db: None) -> User:
    return UserFactory.create()


@pytest.fixture
def begin(episode: Episode, editor: User):
    def begun(size: int, name: str = "episode.mp3", **wanted) -> IncomingUpload:
        wanted = {"episode": episode, "by": editor, "now": NOW, **wanted}
        return receiving.begin(original_name=name, size=size, **wanted)

    return begun


class Line:
    """A client's line: bytes that come, silences, and the moment at which it breaks."""

    def __init__(self, *events: bytes | Exception) -> None:
        self._events = list(events)
        self._here = b""

    def read(self, size: int, /) -> bytes:
        while len(self._here) < size and self._events:
            event = self._events.pop(0)
            if isinstance(event, Exception):
                if isinstance(event, TimeoutError):
                    raise event
                self._events.insert(0, event)
                if not self._here:
                    raise event
                break
            self._here += event
        piece, self._here = self._here[:size], self._here[size:]
        return piece


def send(
    incoming: IncomingUpload, line: Line | bytes, offset: int = 0, *, length=-1, now=NOW, **more
) -> int:
    """Append, announcing as many bytes as there are unless told otherwise."""
    if isinstance(line, bytes):
        length = len(line) if length == -1 else length
        line = Line(line)
    more = {"checksum": None, **more}
    return receiving.append(incoming, line, offset=offset, length=length, now=now, **more)
