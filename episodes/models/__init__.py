from episodes.models.audio import AudioFile, AudioUpload
from episodes.models.companions import Chapter, Correction, Soundbite, Transcript
from episodes.models.credits import Credit
from episodes.models.episodes import Episode, Transition
from episodes.models.jobs import Job
from episodes.models.slots import Slot

__all__ = [
    "AudioFile",
    "AudioUpload",
    "Chapter",
    "Correction",
    "Credit",
    "Episode",
    "Job",
    "Slot",
    "Soundbite",
    "Transcript",
    "Transition",
]
