"""The audio panel: sending a file, watching it being read, what was found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
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
from desk.episode.listening import ListeningPanel, act, read_listening_panel
from desk.episode.versions import VersionsPanel, read_versions_panel
from episodes import intake, object_storage, storing, versions
from episodes.exceptions import StorageUnavailable, UploadRefused
from episodes.models import AudioFile, AudioUpload, Episode
from episodes.uploads.expiring import KEPT
from feeds.links import audio_path

State = AudioUpload.State


_RECENT = 10


def _room() -> int | None:
    try:
        return storing.free_bytes()
    except OSError:
        return None


@dataclass(frozen=True, slots=True)
class AudioPanel:
    episode: Episode
    current: AudioFile | None
    news: Sequence[AudioUpload]
    may_upload: bool
    refusal: str = ""
    """Why the file that was just sent is not even kept."""
    tags: VersionsPanel | None = None
    heard: ListeningPanel | None = None
    is_part: bool = False
    """Whether a script asks for what changed, and not for the place that files are sent from."""
    limit: int = field(default_factory=lambda: int(settings.AUDIO_UPLOAD_MAX_BYTES))
    room: int | None = field(default_factory=_room)
    """Free bytes on the disk that uploads arrive on, where it can be told."""

    @property
    def source(self) -> str:
        return audio_path(self.episode, self.current) if self.current else ""

    @property
    def goes_to_bucket(self) -> bool:
        return object_storage.is_used()

    @property
    def endpoint(self) -> str:
        door = "part_uploads" if self.goes_to_bucket else "uploads"
        return reverse(f"admin:episodes_episode_{door}", args=[self.episode.pk])

    @property
    def limit_mb(self) -> int:
        return self.limit // 2**20

    @property
    def is_short_of_room(self) -> bool:
        """Whether the disk, and not the rule, is what limits the next upload."""
        return self.room is not None and self.room < self.limit

    @property
    def kept_hours(self) -> int:
        return int(KEPT.total_seconds()) // 3600


def read_audio_panel(
    episode: Episode, *, may_upload: bool, refusal: str = "", is_part: bool = False
) -> AudioPanel:
    return AudioPanel(
        episode,
        episode.audio,
        _news(episode.audio_uploads.select_related("audio").order_by("-pk")[:_RECENT]),
        may_upload,
        refusal,
        read_versions_panel(episode, may_change=may_upload, now=timezone.now()),
        read_listening_panel(episode, may_change=may_upload),
        is_part,
    )


def _news(newest_first: Iterable[AudioUpload]) -> list[AudioUpload]:
    """Return the uploads that are still worth a word, newest first.

    Those at work, those that were accepted (a script tells who waited for them), and what went
    wrong since: a later file that was accepted settles it.
    """
    told = []
    settled = False
    for upload in newest_first:
        if upload.state in {State.RECEIVED, State.READING} or not settled:
            told.append(upload)
        settled = settled or upload.state == State.ACCEPTED
    return told


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
    panel = read_audio_panel(episode, may_upload=may_upload, refusal=refusal, is_part=True)
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
    except StorageUnavailable as failure:
        answer = _answer(request, episode, refusal=str(failure), status=503)
        if answer.status_code == 503:  # a redirect must not wait
            answer["Retry-After"] = str(failure.retry_after)
        return answer
    return _answer(request, episode)


@require_POST
def retry_upload(request: HttpRequest, object_id: int) -> HttpResponse:
    """Read an upload once more, the newest of those that failed unless one is named."""
    episode = _episode(request, object_id, Action.UPLOAD)
    failed = list(episode.audio_uploads.filter(state=State.FAILED).order_by("-pk"))
    named = request.POST.get("upload") or (str(failed[0].uid) if failed else "")
    upload = next((each for each in failed if str(each.uid) == named), None)
    if upload is None or not intake.retry(upload):
        return _answer(request, episode, refusal=_("There is nothing to retry."), status=422)
    return _answer(request, episode)


@require_POST
def change_version(request: HttpRequest, object_id: int) -> HttpResponse:
    """Have the page's labels written into a new version, or go back to an older original."""
    episode = _episode(request, object_id, Action.UPLOAD)
    now = timezone.now()
    if wanted := request.POST.get("use"):
        version = next((row for row in episode.audio_files.all() if str(row.uid) == wanted), None)
        if version is None:
            raise Http404
        try:
            versions.use(episode, version, at=now)
        except versions.WrongVersion as refusal:
            return _answer(request, episode, refusal=str(refusal), status=422)
    elif not versions.write_labels(episode, at=now):
        return _answer(request, episode, refusal=_("There is nothing to write."), status=422)
    return _answer(request, _episode(request, object_id, Action.UPLOAD))


@require_POST
def change_sound(request: HttpRequest, object_id: int) -> HttpResponse:
    """Have the audio listened to once more, or a master made of it."""
    episode = _episode(request, object_id, Action.UPLOAD)
    if not act(episode, request.POST.get("do", "")):
        return _answer(request, episode, refusal=_("There is nothing to do."), status=422)
    return _answer(request, _episode(request, object_id, Action.UPLOAD))
