"""The transcript panel: what is there, what is wrong with it, who speaks, and bringing another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from catalog.models import Person
from catalog.permissions import Action
from desk.access import access, signed_in
from episodes import transcribing
from episodes.exceptions import TranscriptRefused
from episodes.models import Credit, Episode, Speaker, Transcript
from episodes.transcripts.document import TranscriptDocument
from episodes.transcripts.problems import Problem, say
from episodes.transcripts.reading import LARGEST_BYTES, LARGEST_MB
from episodes.transcripts.turns import Turn, join_turns
from episodes.transcripts.vtt import read_master
from episodes.transcripts.writing import ServedForm, forms_of
from feeds.links import transcript_path

FIRST_TURNS = 5
BROUGHT_AS = {
    "vtt": "WebVTT",
    "srt": "SRT",
    "json": "JSON",
    "html": "HTML",
    "text": gettext_lazy("Text"),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """A problem in the reader's language, with what stands there."""

    sentence: str
    quoted: str
    refuses: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One transcript on the panel."""

    row: Transcript
    document: TranscriptDocument
    remarks: Sequence[Remark]
    speakers: Sequence[Speaker]
    turns: Sequence[Turn]
    """The first of them."""
    downloads: Sequence[tuple[ServedForm, str]]
    mark: str

    @property
    def brought_as(self) -> str:
        return str(BROUGHT_AS.get(self.row.uploaded_as, ""))


@dataclass(frozen=True, slots=True)
class TranscriptPanel:
    episode: Episode
    shown: Sequence[Shown]
    people: Sequence[Person]
    """Who is credited, each once."""
    may_edit: bool
    language: str
    remarks: Sequence[Remark] = ()
    """What was wrong with the file that was just sent; nothing was changed."""
    limit_mb: int = LARGEST_MB
    limit: int = LARGEST_BYTES


def read_transcript_panel(
    episode: Episode, *, may_edit: bool, language: str = "", problems: Sequence[Problem] = ()
) -> TranscriptPanel:
    rows = episode.transcripts.select_related("uploaded_by").prefetch_related("speakers__person")
    credited = episode.credits.in_order().select_related("person").prefetch_related("person__names")
    cast = list(credited)
    return TranscriptPanel(
        episode,
        [_show(episode, row, cast) for row in rows],
        list({credit.person_id: credit.person for credit in cast}.values()),
        may_edit,
        language or episode.show.language,
        [_remark(problem.as_dict()) for problem in problems],
    )


def _show(episode: Episode, row: Transcript, cast: Sequence[Credit]) -> Shown:
    document = read_master(row.vtt).renamed(transcribing.names_in(row, cast))
    return Shown(
        row,
        document,
        [_remark(finding) for finding in row.findings],
        list(row.speakers.all()),
        join_turns(document.cues)[:FIRST_TURNS],
        [
            (form, transcript_path(episode, row, form.extension))
            for form in forms_of(is_timed=row.is_timed)
        ],
        transcribing.mark_of(row),
    )


def _remark(problem: Mapping[str, Any]) -> Remark:
    """Say it in the reader's language; what a page or the database says already is in words."""
    found = Problem(**{name: problem[name] for name in problem if name in Problem.__slots__})
    try:
        sentence = say(found.code, values=found.values, line=found.line, cue=found.cue, translate=_)
    except KeyError:
        sentence = found.message
    return Remark(sentence, found.quoted, found.refuses)


# --- Doors --------------------------------------------------------------------------------------


def _episode(request: HttpRequest, pk: int, action: Action) -> Episode:
    rows = Episode.objects.visible_to(signed_in(request)).select_related("show", "audio")
    episode = get_object_or_404(rows, pk=pk)
    if not access(request).may(action, episode.show_id):
        raise Http404
    return episode


def _answer(
    request: HttpRequest,
    episode: Episode,
    *,
    done: str = "",
    language: str = "",
    problems: Sequence[Problem] = (),
) -> HttpResponse:
    """Answer a script with the panel, a plain form with the page."""
    if request.headers.get("X-Requested-With") != "fetch":
        for problem in problems:
            messages.error(request, _remark(problem.as_dict()).sentence)
        if done:
            messages.success(request, done)
        return redirect(
            reverse("admin:episodes_episode_change", args=[episode.pk]) + "#transcripts"
        )
    panel = read_transcript_panel(
        episode,
        may_edit=access(request).may(Action.EDIT, episode.show_id),
        language=language,
        problems=problems,
    )
    context: dict[str, Any] = {"transcripts": panel, "done": done, "episode": episode}
    template = "admin/episodes/episode/transcripts_panel.html"
    return render(request, template, context, status=422 if problems else 200)


@require_http_methods(["GET", "POST"])
def transcript_panel(request: HttpRequest, object_id: int) -> HttpResponse:
    """Show the panel, or take a file or a pasted text as the transcript of a language."""
    if request.method == "GET":
        return _answer(request, _episode(request, object_id, Action.VIEW))
    episode = _episode(request, object_id, Action.EDIT)
    typed = request.POST.get("language", "")[:40]
    try:
        language = transcribing.read_language(typed or episode.show.language)
        data, name = _brought(request)
        row = transcribing.store_transcript(
            episode,
            data,
            language=language,
            name=name,
            by=signed_in(request),
            now=timezone.now(),
            seen=request.POST.get(f"seen-{language}", ""),
        )
    except TranscriptRefused as refusal:
        return _answer(request, episode, language=typed, problems=refusal.problems)
    said = _("The transcript (%(language)s) is there, and is searched from now on.")
    return _answer(request, episode, done=said % {"language": row.language})


def _brought(request: HttpRequest) -> tuple[bytes | str, str]:
    """Return what came and its name. Raises TranscriptRefused where nothing came."""
    file = request.FILES.get("file")
    if isinstance(file, UploadedFile) and file.size:
        # A byte more than is allowed is enough to refuse it.
        return file.read(LARGEST_BYTES + 1), file.name or ""
    text = request.POST.get("text", "")
    if not text.strip():
        sentence = _("Choose a file, or paste the transcript.")
        raise TranscriptRefused([Problem("nothing", sentence)])
    return text, ""


@require_POST
def name_speakers(request: HttpRequest, object_id: int) -> HttpResponse:
    """Say who the voices of one transcript are."""
    episode = _episode(request, object_id, Action.EDIT)
    row = _transcript(request, episode)
    people: dict[str, int | None] = {}
    for speaker in row.speakers.all():
        chosen = request.POST.get(f"speaker-{speaker.pk}")
        if chosen is not None and (not chosen or (chosen.isdecimal() and len(chosen) < 19)):
            people[speaker.label] = int(chosen) if chosen else None
    try:
        transcribing.assign_speakers(row, people)
    except TranscriptRefused as refusal:
        return _answer(request, episode, problems=refusal.problems)
    return _answer(request, episode, done=_("The names are saved, in every form."))


@require_POST
def delete_transcript(request: HttpRequest, object_id: int) -> HttpResponse:
    episode = _episode(request, object_id, Action.EDIT)
    row = _transcript(request, episode)
    row.delete()
    said = _("The transcript (%(language)s) is deleted.") % {"language": row.language}
    return _answer(request, episode, done=said)


def _transcript(request: HttpRequest, episode: Episode) -> Transcript:
    """Return the one whose button was pressed; one that somebody else deleted is a 404."""
    language = request.POST.get("transcript", "")
    rows = episode.transcripts.select_related("episode")
    return get_object_or_404(rows, language=language.replace("\x00", ""))
