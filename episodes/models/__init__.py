from episodes.models.audio import AudioFile, AudioUpload, IncomingUpload, Waveform
from episodes.models.companions import Chapter, Correction, Soundbite, Speaker, Transcript
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
    "IncomingUpload",
    "Job",
    "Slot",
    "Soundbite",
    "Speaker",
    "Transcript",
    "Transition",
    "Waveform",
]
