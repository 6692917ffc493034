"""The audio panel: sending a file, watching it being read, what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from catalog.permissions import Action
from desk.access import access, signed_in
from episodes import intake
from episodes.exceptions import UploadRefused
from episodes.models import AudioFile, AudioUpload, Episode
from feeds.links import audio_path

State = AudioUpload.State


@dataclass(frozen=True, slots=True)
class AudioPanel:
    episode: Episode
    current: AudioFile | None
    last: AudioUpload | None
    versions: Sequence[AudioFile]
    may_upload: bool
    refusal: str = ""
    """Why the file that was just sent is not even kept."""

    @property
    def is_busy(self) -> bool:
        return self.last is not None and self.last.state in {State.RECEIVED, State.READING}

    @property
    def is_refused(self) -> bool:
        return self.last is not None and self.last.state == State.REFUSED

    @property
    def is_failed(self) -> bool:
        return self.last is not None and self.last.state == State.FAILED

    @property
    def source(self) -> str:
        return audio_path(self.episode, self.current) if self.current else ""

    @property
    def limit_mb(self) -> int:
        return int(settings.AUDIO_UPLOAD_MAX_BYTES) // 2**20

    @property
    def limit(self) -> int:
        return int(settings.AUDIO_UPLOAD_MAX_BYTES)


def read_audio_panel(episode: Episode, *, may_upload: bool, refusal: str = "") -> AudioPanel:
    return AudioPanel(
        episode,
        episode.audio,
        episode.audio_uploads.order_by("-pk").first(),
        list(episode.audio_files.order_by("-created_at")),
        may_upload,
        refusal,
    )


def _episode(request: HttpRequest, pk: int, action: Action) -> Episode:
    rows = Episode.objects.visible_to(signed_in(request)).select_related("show", "audio")
    episode = get_object_or_404(rows, pk=pk)
    if not access(request).may(action, episode.show_id):
        raise Http404
    return episode


def _answer(
    request: HttpRequest, episode: Episode, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    """Answer a script with the panel, a plain form with the page."""
    if request.headers.get("X-Requested-With") != "fetch":
        if refusal:
            messages.error(request, refusal)
        return redirect(reverse("admin:episodes_episode_change", args=[episode.pk]) + "#audio")
    may_upload = access(request).may(Action.UPLOAD, episode.show_id)
    panel = read_audio_panel(episode, may_upload=may_upload, refusal=refusal)
    context: dict[str, Any] = {"audio": panel}
    return render(request, "admin/episodes/episode/audio_panel.html", context, status=status)


@require_http_methods(["GET", "POST"])
def audio_panel(request: HttpRequest, object_id: int) -> HttpResponse:
    if request.method == "GET":
        return _answer(request, _episode(request, object_id, Action.VIEW))
    episode = _episode(request, object_id, Action.UPLOAD)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        return _answer(request, episode, refusal=_("Choose a file first."), status=422)
    try:
        intake.receive(
            file,
            episode=episode,
            by=signed_in(request),
            original_name=file.name or "",
            now=timezone.now(),
        )
    except UploadRefused as refusal:
        return _answer(request, episode, refusal=str(refusal), status=422)
    return _answer(request, episode)


@require_POST
def retry_upload(request: HttpRequest, object_id: int) -> HttpResponse:
    """Read the last upload once more."""
    episode = _episode(request, object_id, Action.UPLOAD)
    upload = episode.audio_uploads.order_by("-pk").first()
    if upload is None or upload.state != State.FAILED or not intake.retry(upload):
        return _answer(request, episode, refusal=_("There is nothing to retry."), status=422)
    return _answer(request, episode)
