"""Who may fetch an episode's audio and companions: everyone once it is live, its team before."""

from datetime import datetime
from enum import Enum
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from episodes.models import AudioFile, Episode
from feeds.models import ReleasedAudio


class Access(Enum):
    PUBLIC = "public"
    PREVIEW = "preview"
    NONE = "none"


def find_audio(uid: UUID) -> AudioFile | None:
    """Return the audio version with `was_released`: whether it was out before a newer one."""
    released = ReleasedAudio.objects.filter(audio=OuterRef("pk"))
    rows = AudioFile.objects.select_related("episode__show").annotate(was_released=Exists(released))
    return rows.filter(uid=uid).first()


def access_to_audio(audio: AudioFile, request: HttpRequest, *, at: datetime) -> Access:
    """A version is public while its episode is live and if it is, or ever was, what was out."""
    episode = audio.episode
    is_out = audio.pk == episode.audio_id or getattr(audio, "was_released", False)
    if is_out and episode.is_live(at):
        return Access.PUBLIC
    return Access.PREVIEW if _is_of_the_team(request, episode) else Access.NONE


def access_to_episode(episode: Episode, request: HttpRequest, *, at: datetime) -> Access:
    if episode.is_live(at):
        return Access.PUBLIC
    return Access.PREVIEW if _is_of_the_team(request, episode) else Access.NONE


def _is_of_the_team(request: HttpRequest, episode: Episode) -> bool:
    # Without a session there is nobody to ask for, and no query tells hidden from unknown.
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    user = request.user
    return user.is_authenticated and Episode.objects.visible_to(user).filter(pk=episode.pk).exists()
