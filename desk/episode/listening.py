"""What was heard in the episode's audio: how loud, what to look at, what can be done about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from episodes import listening, mastering
from episodes.audio.listening.judging import CEILING, TOLERANCE, Mark
from episodes.audio.listening.waveform import line
from episodes.models import AudioFile, Episode
from episodes.wording import sentence

Kind = AudioFile.Kind
Recipe = mastering.Recipe
_QUIET_CODES = {"same-channels"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure, with what is to be said of it."""

    name: str
    value: str
    verdict: str
    is_good: bool


@dataclass(frozen=True, slots=True)
class Remark:
    text: str
    is_warning: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A place in the picture, in hundredths of its width."""

    start: float
    width: float


@dataclass(frozen=True, slots=True)
class ListeningPanel:
    version: AudioFile
    original: AudioFile
    progress: listening.Progress
    master: mastering.Progress | None
    """What is being made, or could not be."""
    may_change: bool

    @property
    def report(self) -> dict[str, Any]:
        return self.version.sound_report or {}

    @property
    def line(self) -> str:
        return line(self.report.get("overview", ()))

    @property
    def silences(self) -> Sequence[Stretch]:
        return [
            self._stretch(each["start"], each["end"] - each["start"])
            for each in self.report.get("silences", ())
        ]

    @property
    def clippings(self) -> Sequence[Stretch]:
        return [self._stretch(place, 0) for place in self.report.get("clipped_at", ())]

    def _stretch(self, start: float, seconds: float) -> Stretch:
        whole = self.report["seconds"] or 1
        return Stretch(round(start / whole * 400, 2), round(max(seconds / whole * 400, 0.8), 2))

    @property
    def figures(self) -> Sequence[Figure]:
        return [each for each in (self._loudness(), self._peak(), self._range()) if each]

    def _loudness(self) -> Figure:
        lufs, mark = self.version.integrated_lufs, self.report["loudness"]
        target = self.report["target_lufs"]
        if lufs is None:
            return Figure(_("Loudness"), "–", _("could not be told"), is_good=False)
        away = {"db": _number(abs(lufs - target))}
        verdicts = {
            Mark.GOOD: _("as podcasts are (%(target)s ±%(tolerance)s)")
            % {"target": _number(target, 0), "tolerance": _number(TOLERANCE, 0)},
            Mark.LOW: _("%(db)s dB quieter than podcasts usually are") % away,
            Mark.HIGH: _("%(db)s dB louder than podcasts usually are") % away,
        }
        verdict = verdicts.get(Mark(mark), "")
        return Figure(_("Loudness"), f"{_number(lufs)} LUFS", verdict, mark == Mark.GOOD)

    def _peak(self) -> Figure | None:
        peak = self.version.true_peak_dbtp
        if peak is None:
            return None
        is_good = self.report["peak"] == Mark.GOOD
        limit = {"limit": _number(CEILING, 0)}
        verdict = _("under the limit of %(limit)s") if is_good else _("over the limit of %(limit)s")
        return Figure(_("True peak"), f"{_number(peak)} dBTP", verdict % limit, is_good)

    def _range(self) -> Figure | None:
        spread = self.version.loudness_range_lu
        if spread is None:
            return None
        wide = any(each["code"] == "wide-range" for each in self.report["findings"])
        verdict = _("too far for the road") if wide else _("between quiet and loud parts")
        return Figure(_("Loudness range"), f"{_number(spread)} LU", verdict, not wide)

    @property
    def remarks(self) -> Sequence[Remark]:
        return [
            Remark(sentence(each), each["code"] not in _QUIET_CODES)
            for each in self.report.get("findings", ())
        ]

    @property
    def made(self) -> str:
        """How the audio in use was made from the original, if it was."""
        made = self.report.get("made")
        if not made:
            return ""
        if made["recipe"] == Recipe.ENCODE:
            return _("This is an MP3 that was made of the original.")
        if made["evened"]:
            return _("This was made of the original: normalised, with the peaks evened out.")
        gain = made["gain_db"]
        return _("This was made of the original: normalised (%(gain)s dB).") % {
            "gain": ("+" if gain > 0 else "") + _number(gain)
        }

    @property
    def seconds_left(self) -> int:
        """About how long the listening takes, from its beginning."""
        return 2 + self.version.duration_ms // 1000 // 200

    @property
    def may_normalise(self) -> bool:
        normalised = self.report.get("made", {}).get("recipe") == Recipe.NORMALISE
        return self.may_change and not self._is_at_work and not normalised

    @property
    def may_encode(self) -> bool:
        """Offer an MP3 of what is neither MP3 nor M4A."""
        odd = self.version.extension not in {"mp3", "m4a"}
        return self.may_change and not self._is_at_work and odd

    @property
    def may_go_back(self) -> bool:
        return self.may_change and bool(self.report.get("made"))

    @property
    def _is_at_work(self) -> bool:
        return self.master is not None and not self.master.failed

    @property
    def work(self) -> str:
        """Say what is being made, and about how long that takes."""
        if self.master is None or self.master.failed:
            return ""
        seconds = {"seconds": round(self.master.seconds, -1) or 10}
        if self.master.recipe is Recipe.NORMALISE:
            return _("It is being normalised: about %(seconds)s seconds.") % seconds
        return _("An MP3 is being made of it: about %(seconds)s seconds.") % seconds

    @property
    def failure(self) -> str:
        """Why making a master was given up, as the machine said it."""
        return self.master.last_error if self.master and self.master.failed else ""


def read_listening_panel(episode: Episode, *, may_change: bool) -> ListeningPanel | None:
    """Read the panel of the audio in use; a published copy sounds as what it was made of."""
    version = episode.audio
    if version is None:
        return None
    is_copy = version.kind == Kind.PUBLISHED and version.source is not None
    heard = version.source if is_copy and version.sound_report is None else version
    assert heard is not None  # noqa: S101 - a published version has a source
    original = version.original
    return ListeningPanel(
        heard, original, listening.progress(heard), mastering.progress(original), may_change
    )


def act(episode: Episode, wanted: str) -> bool:
    """Do what a button asked for; `False` when there is nothing to do."""
    version = episode.audio
    if version is None:
        return False
    if wanted == "listen":
        copy = version.kind == Kind.PUBLISHED and version.source is not None
        return listening.retry(version.source if copy and version.source else version)
    if wanted in {each.value for each in Recipe}:
        mastering.plan(version.original, Recipe(wanted))
        return True
    return False


def _number(value: float, digits: int = 1) -> str:
    # Rounded first: Django cuts digits off, and the remarks below the figures round theirs.
    text = str(number_format(round(value, digits), digits, use_l10n=True))
    return (
        pgettext("a negative number", "−%(number)s") % {"number": text[1:]} if value < 0 else text
    )
