"""What can go wrong with an episode; each text is written for the editor who reads it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from episodes.readiness import Finding
from episodes.transcripts.problems import Problem, sentences


class EpisodeError(Exception):
    """The base of everything that `episodes` raises on purpose."""


class WrongStatus(EpisodeError):
    """The step is not possible from the episode's present status."""


class NotReady(EpisodeError):
    """The episode lacks something that a release needs; `findings` says what."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        super().__init__(" ".join(finding.sentence for finding in self.findings))


class UploadRefused(EpisodeError):
    """A file was turned away before it was kept; `code` is for the API."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class StorageUnavailable(EpisodeError):
    """The bucket is not reached, not well, or turns us away; asking later may help."""

    code = "storage-unavailable"
    retry_after = 10
    """Seconds, for the header `Retry-After`."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The storage of this installation does not answer just now, or turns us away. "
                "Nothing that was stored is lost. Try again in a moment; if it lasts, tell "
                "whoever runs the installation."
            )
        )


class TranscriptRefused(EpisodeError):
    """A transcript was not taken; `problems` says why, by line, and what else was noticed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(sentences(self.problems))


class ChaptersRefused(EpisodeError):
    """A list of chapters cannot be published; `rows` says why, by row from 0, None for the list."""

    def __init__(self, rows: Sequence[tuple[int | None, str]]) -> None:
        self.rows = list(rows)
        super().__init__(" ".join(sentence for _row, sentence in self.rows))
