"""Bringing chapters in from a text, a file, the notes or the audio, and taking them away."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalog.models import Image
from catalog.permissions import Action
from desk.access import access, signed_in
from desk.episode.chapter_rows import thumbnail_url, token_of
from desk.questions import read_number
from episodes import labelling
from episodes.chaptering import (
    Proposal,
    audible,
    embedded_chapters,
    explain_unreadable,
    marks_of,
    propose,
    remarks_on,
    replace_chapters,
    stored_name,
    told,
)
from episodes.chapters.marks import MAX_BYTES, ChapterMark, UnreadableChapters
from episodes.chapters.reading import Form, read, read_file
from episodes.chapters.times import format_time
from episodes.chapters.writing import FORMS, About
from episodes.exceptions import ChaptersRefused
from episodes.models import Chapter, Episode
from feeds.links import image_url


class NothingToRead(ValueError):
    """No text, file or source was given; the message says what to do."""


def _episode(request: HttpRequest, pk: int, action: Action) -> Episode:
    rows = Episode.objects.visible_to(signed_in(request)).select_related("show", "audio")
    episode = get_object_or_404(rows, pk=pk)
    if not access(request).may(action, episode.show_id):
        raise Http404
    return episode


def _stored(episode: Episode) -> list[Chapter]:
    return list(episode.chapters.select_related("image").order_by("start_ms"))


def _duration(episode: Episode | None) -> int | None:
    return episode.audio.duration_ms if episode and episode.audio else None


# --- Bringing in ----------------------------------------------------------------------------------


def _proposed(request: HttpRequest, episode: Episode | None, *, notes: str) -> Proposal:
    """Read what was sent; raise UnreadableChapters or NothingToRead."""
    images = [row.image for row in _stored(episode) if row.image] if episode else []
    source = request.POST.get("source", "")
    if source == "audio":
        if episode is None or episode.audio is None:
            raise NothingToRead(_("There is no audio yet."))
        return propose(embedded_chapters(episode.audio), source="audio")
    if source == "notes":
        return propose(read(notes, Form.NOTES))
    file = request.FILES.get("file")
    if isinstance(file, UploadedFile):
        return propose(read_file(file.read(MAX_BYTES + 1)), images=images)
    text = request.POST.get("text", "")
    if not text.strip():
        raise NothingToRead(_("Paste a list, or choose a file."))
    return propose(read(text), images=images)


def _row(mark: ChapterMark, images: dict[str, Image]) -> dict[str, Any]:
    image = images.get(mark.image)
    return {
        "start": format_time(mark.start_ms),
        "title": mark.title,
        "url": mark.url,
        "hidden": mark.hidden,
        "image": token_of(image) if image else "",
        "thumbnail": thumbnail_url(image) if image else "",
    }


@require_POST
def read_chapters(request: HttpRequest) -> JsonResponse:
    """Tell what a text, a file, the notes or the audio would give; nothing is stored."""
    number = read_number(request, "episode")
    if number is not None:
        episode = _episode(request, number, Action.EDIT)
    elif access(request).may_anywhere(Action.EDIT):
        episode = None
    else:
        raise Http404
    try:
        proposal = _proposed(request, episode, notes=request.POST.get("notes", ""))
    except (UnreadableChapters, NothingToRead) as error:
        return JsonResponse({"error": _explained(error)}, status=422)
    images = (
        {stored_name(row.image): row.image for row in _stored(episode) if row.image}
        if (episode)
        else {}
    )
    return JsonResponse(
        {
            "source": proposal.source,
            "marks": [_row(mark, images) for mark in proposal.marks],
            "problems": proposal.problems,
            "remarks": [
                {"row": each.row, "sentence": told(each), "refuses": each.refuses}
                for each in remarks_on(proposal.marks, duration_ms=_duration(episode))
            ],
        }
    )


def _explained(error: UnreadableChapters | NothingToRead) -> str:
    return explain_unreadable(error) if isinstance(error, UnreadableChapters) else str(error)


@require_http_methods(["GET", "POST"])
def import_chapters(request: HttpRequest, object_id: int) -> HttpResponse:
    """The same without scripts: a page that shows, replaces, and puts back what was before."""
    episode = _episode(request, object_id, Action.EDIT)
    context: dict[str, Any] = {
        "episode": episode,
        "stored": _stored(episode),
        "may_undo": _key(episode) in request.session,
        "text": request.POST.get("text", ""),
        "has_embedded": bool(episode.audio and episode.audio.original.embedded_chapters),
    }
    if request.method == "POST":
        if request.POST.get("step") == "undo":
            return _undo(request, episode)
        proposal, problem = _read_for_page(request, episode)
        if proposal and proposal.marks and request.POST.get("step") == "replace":
            problem = _replace(request, episode, proposal)
            if not problem:
                return _back(episode)
        context |= {"proposal": proposal, "problem": problem, "source": _source(request)}
        context["text"] = _text(request, proposal)
        if proposal:
            remarks = remarks_on(proposal.marks, duration_ms=_duration(episode))
            context["remarks"] = [
                told(each) if each.row is None
                else f"{proposal.marks[each.row].title}: {told(each)}"
                for each in remarks
            ]  # fmt: skip
    return render(request, "admin/episodes/episode/chapters_import.html", context)


def _source(request: HttpRequest) -> str:
    """Say where a confirmed list comes from: what a file held goes on as text."""
    found = request.POST.get("source", "")
    return found if found in {"audio", "notes"} else "text"


def _text(request: HttpRequest, proposal: Proposal | None) -> str:
    """Return the text to show again: of a file, its chapters as JSON, so that nothing is lost."""
    if proposal is not None and isinstance(request.FILES.get("file"), UploadedFile):
        return FORMS[Form.JSON].write(
            [ChapterMark(m.start_ms, m.title, m.url, hidden=m.hidden) for m in proposal.marks],
            About(),
        )
    return request.POST.get("text", "")


def _read_for_page(request: HttpRequest, episode: Episode) -> tuple[Proposal | None, str]:
    try:
        return _proposed(request, episode, notes=episode.notes), ""
    except (UnreadableChapters, NothingToRead) as error:
        return None, _explained(error)


def _replace(request: HttpRequest, episode: Episode, proposal: Proposal) -> str:
    """Replace the chapters and keep the list that was; return why not, if so."""
    before = _stored(episode)
    images = {stored_name(row.image): row.image for row in before if row.image}
    try:
        _write(request, episode, proposal.marks, images)
    except ChaptersRefused as refusal:
        return str(refusal)
    request.session[_key(episode)] = [asdict(mark) for mark in marks_of(before)]
    count = len(proposal.marks)
    messages.success(
        request,
        ngettext("%(count)d chapter is saved.", "%(count)d chapters are saved.", count)
        % {"count": count},
    )
    return ""


def _undo(request: HttpRequest, episode: Episode) -> HttpResponse:
    kept = request.session.get(_key(episode))
    if kept is None:
        messages.error(request, _("There is nothing to put back."))
        return _back(episode)
    marks = [ChapterMark(**mark) for mark in kept]
    names = {mark.image for mark in marks if mark.image}
    images = {stored_name(image): image for image in Image.objects.filter(file__in=names)}
    try:
        _write(request, episode, marks, images, kept=[mark.start_ms for mark in marks])
    except ChaptersRefused as refusal:
        messages.error(request, str(refusal))
    else:
        del request.session[_key(episode)]
        messages.success(request, _("The chapters are as they were before."))
    return _back(episode)


@transaction.atomic
def _write(
    request: HttpRequest,
    episode: Episode,
    marks: Any,
    images: dict[str, Image],
    kept: Iterable[int] = (),
) -> None:
    """Replace, let whoever has the page open be told when they save, and the file's tags follow."""
    replace_chapters(episode, marks, images=images, kept=kept)
    locked = Episode.objects.select_for_update(of=("self",)).get(pk=episode.pk)
    locked.version += 1
    locked._history_user = request.user  # type: ignore[attr-defined]  # noqa: SLF001 - simple-history's own hook
    locked.save(update_fields=["version", "updated_at"])
    saved = Episode.objects.with_labels().get(pk=episode.pk)
    labelling.follow(saved, at=timezone.now())


def _key(episode: Episode) -> str:
    return f"chapters-before-{episode.pk}"


def _back(episode: Episode) -> HttpResponse:
    return redirect(reverse("admin:episodes_episode_change", args=[episode.pk]) + "#chapters")


# --- Taking away ----------------------------------------------------------------------------------


@require_GET
def export_chapters(request: HttpRequest, object_id: int, form: str) -> HttpResponse:
    """Answer the stored chapters as a file in one of the forms."""
    episode = _episode(request, object_id, Action.VIEW)
    if form not in list(Form):
        raise Http404
    writer = FORMS[Form(form)]
    about = About(
        title=episode.title,
        podcast_name=episode.show.title,
        file_name=f"{episode.slug}.{episode.audio.extension}" if episode.audio else "",
        duration_ms=_duration(episode),
    )
    text = writer.write(marks_of(audible(episode, _stored(episode)), image_url), about)
    response = HttpResponse(text, content_type=f"{writer.media_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{episode.slug}.{writer.ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
