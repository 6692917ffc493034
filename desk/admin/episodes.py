"""Episodes: the list, and the page on which one is made."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import RelatedOnlyFieldListFilter, SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection
from django.db.models import F, Model, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import TabularInline
from unfold.decorators import display

from catalog.models import Show
from catalog.permissions import Action
from desk.access import access, signed_in
from desk.admin.base import DeskAdmin, PartInline
from desk.episode import audio, chapters, multipart, people, release, transcripts, uploads
from desk.episode.chapter_rows import ChapterForm, ChapterFormSet, with_images
from desk.episode.form import CreditForm, EpisodeForm, Refusal
from desk.guards import explain, rule_of
from desk.questions import read_number, read_text
from desk.site import site
from desk.templatetags.desk import duration, moment, pill, slot_moment
from episodes import labelling
from episodes.chapters.marks import MAX_MARKS
from episodes.drafting import Draft, propose_draft, propose_slug
from episodes.models import Chapter, Credit, Episode
from episodes.notes import Audience, render_html
from episodes.querysets import EpisodeQuerySet

Status = Episode.Status

STATES = {
    "draft": _("Draft"),
    "in_review": _("In review"),
    "approved": _("Approved"),
    "scheduled": _("Scheduled"),
    "live": _("Live"),
    "withdrawn": _("Withdrawn"),
}


class StateFilter(SimpleListFilter):
    """The status as people say it; the tabs above the list set it."""

    title = _("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(STATES.items())

    def queryset(self, request: HttpRequest, rows: QuerySet[Episode]) -> QuerySet[Episode]:
        now, state = timezone.now(), self.value()
        if state == "scheduled":
            return rows.filter(status=Status.RELEASED, release_at__gt=now)
        if state == "live":
            return rows.filter(status=Status.RELEASED, release_at__lte=now)
        return rows.filter(status=state) if state in STATES else rows


class CreditInline(PartInline, TabularInline):
    model = Credit
    form = CreditForm
    template = "admin/episodes/episode/people.html"
    fields = ["person", "role", "title", "organisation_text", "order"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Credit]:
        rows: QuerySet[Credit] = super().get_queryset(request)
        return rows.select_related("person", "organisation").order_by("order", "pk")


class ChapterInline(PartInline, TabularInline):
    model = Chapter
    form = ChapterForm
    formset = ChapterFormSet
    template = "admin/episodes/episode/chapters.html"
    fields = ["start_ms", "title", "url", "hidden"]
    max_num = MAX_MARKS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Chapter]:
        return with_images(super().get_queryset(request))


class EpisodeAdmin(SimpleHistoryAdmin, DeskAdmin):
    form = EpisodeForm
    inlines = [CreditInline, ChapterInline]
    autocomplete_fields = ["topics"]
    change_form_template = "admin/episodes/episode/change_form.html"
    list_before_template = "admin/episodes/episode/tabs.html"
    list_display = ["listed_title", "show", "state", "released", "length"]
    list_display_links = ["listed_title"]
    list_select_related = ["show", "slot", "audio"]
    list_filter = [StateFilter, ("show", RelatedOnlyFieldListFilter)]
    search_fields = ["title"]
    search_help_text = _("Title, notes, or a person in any script")
    fieldsets = [
        (
            _("Story"),
            {
                "fields": [
                    "title", "slug", "number", "season", "type", "slot", "summary", "notes",
                    "production_notes", "explicit", "recorded_on", "picture", "picture_alt",
                ]
            },
        ),
        (_("Topics"), {"fields": ["topics"]}),
        (None, {"fields": ["show", "seen"]}),
    ]  # fmt: skip
    viewed_fields = [
        "show", "title", "number", "season", "type", "slot", "summary", "notes",
        "production_notes", "explicit", "recorded_on", "topics",
    ]  # fmt: skip

    class Media:
        css = {
            "all": [
                "desk/uploads.css",
                "desk/versions.css",
                "desk/listening.css",
                "desk/transcripts.css",
                "desk/chapters.css",
            ]
        }
        js = [
            "desk/episode.js",
            "desk/people.js",
            "desk/audio.js",
            "desk/chapters.js",
            "vendor/tus/tus.min.js",
            "desk/parts.js",
            "desk/transfer.js",
            "desk/uploads.js",
            "desk/transcripts.js",
        ]

    # --- Who ----------------------------------------------------------------------------------

    def _may(self, request: HttpRequest, action: Action, obj: Model | None) -> bool:
        if isinstance(obj, Episode):
            return access(request).may(action, obj.show_id)
        return access(request).may_anywhere(action)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request, Action.VIEW, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request, Action.EDIT, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access(request).may_anywhere(Action.EDIT)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request, Action.DELETE, obj)

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        """The history is for reading: an old state could name a slot or audio that is gone."""
        return True

    # --- The list -----------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Episode]:
        rows = Episode.objects.visible_to(signed_in(request)).select_related(
            "show__artwork", "slot", "audio", "artwork"
        )
        planned = Coalesce(F("release_at"), F("slot__due_at"))
        return rows.order_by(planned.desc(nulls_first=True), "-pk")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ()

    def get_search_results(
        self, request: HttpRequest, queryset: EpisodeQuerySet, search_term: str
    ) -> tuple[EpisodeQuerySet, bool]:
        return queryset.containing(search_term), False

    @display(description=_("episode"))
    def listed_title(self, episode: Episode) -> str:
        return f"{episode.number}. {episode}" if episode.number else str(episode)

    @display(description=_("status"))
    def state(self, episode: Episode) -> SafeString:
        return pill(episode, timezone.now())

    @display(description=_("release"))
    def released(self, episode: Episode) -> SafeString | str:
        return moment(episode.release_at) or slot_moment(episode.slot) or "–"

    @display(description=_("duration"))
    def length(self, episode: Episode) -> str:
        return duration(episode.audio.duration_ms) if episode.audio else "–"

    # --- The page -----------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        def door(route: str, view: Any, name: str) -> URLPattern:
            guarded = self.admin_site.admin_view(view)
            found: URLPattern = path(route, guarded, name=f"episodes_episode_{name}")
            return found

        urls: list[URLPattern] = super().get_urls()
        return [
            door("people/", people.search_people, "people"),
            door("people/new/", people.introduce_person, "introduce"),
            door("organisations/", people.search_organisations, "organisations"),
            door("notes/", require_POST(preview_notes), "notes"),
            door("slug/", require_GET(suggest_slug), "slug"),
            door("<int:object_id>/audio/", audio.audio_panel, "audio"),
            door("<int:object_id>/audio/retry/", audio.retry_upload, "retry"),
            door("<int:object_id>/audio/listening/", audio.change_sound, "listening"),
            door("<int:object_id>/audio/versions/", audio.change_version, "versions"),
            path("<int:object_id>/uploads/", uploads.uploads, name="episodes_episode_uploads"),
            path(
                "<int:object_id>/uploads/<uuid:uid>/",
                uploads.upload,
                name="episodes_episode_upload",
            ),
            path(
                "<int:object_id>/part-uploads/",
                multipart.uploads,
                name="episodes_episode_part_uploads",
            ),
            path(
                "<int:object_id>/part-uploads/<uuid:uid>/",
                multipart.upload,
                name="episodes_episode_part_upload",
            ),
            path(
                "<int:object_id>/part-uploads/<uuid:uid>/complete/",
                multipart.complete,
                name="episodes_episode_part_upload_complete",
            ),
            door("chapters/", chapters.read_chapters, "read_chapters"),
            door("<int:object_id>/chapters/", chapters.import_chapters, "chapters"),
            door(
                "<int:object_id>/chapters/<slug:form>/",
                chapters.export_chapters,
                "export_chapters",
            ),
            door("<int:object_id>/transcripts/", transcripts.transcript_panel, "transcripts"),
            door(
                "<int:object_id>/transcripts/speakers/",
                transcripts.name_speakers,
                "transcript_speakers",
            ),
            door(
                "<int:object_id>/transcripts/delete/",
                transcripts.delete_transcript,
                "transcript_delete",
            ),
            door("<int:object_id>/release/", release.take_step, "release"),
            door("<int:object_id>/credit/", people.credit_somebody_new, "credit"),
            *urls,
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Ask for the show first: everything else is filled in from it."""
        shows = Show.objects.visible_to(signed_in(request)).select_related("artwork")
        mine = [show for show in shows if access(request).may(Action.EDIT, show.pk)]
        wanted = request.POST.get("show") or request.GET.get("show")
        if wanted is None and len(mine) == 1:
            return redirect(f"{request.path}?show={mine[0].pk}")
        if wanted is None:
            return self._choose_show(request, mine)
        if wanted not in {str(show.pk) for show in mine}:
            raise Http404
        show = next(show for show in mine if str(show.pk) == wanted)
        titled = {"title": _("New episode of %(show)s") % {"show": show}}
        return super().add_view(request, form_url, {**titled, **(extra_context or {})})  # type: ignore[no-any-return]

    def _choose_show(self, request: HttpRequest, shows: list[Show]) -> HttpResponse:
        if not self.has_add_permission(request) and not access(request).everything:
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Add episode"),
            "opts": self.opts,
            "shows": shows,
            "may_add_show": access(request).everything,
        }
        return TemplateResponse(request, "admin/episodes/episode/choose_show.html", context)

    def _proposal(self, request: HttpRequest) -> Draft:
        kept = request.__dict__.get("desk_proposal")
        if not isinstance(kept, Draft):
            show = Show.objects.get(pk=request.GET["show"])
            wanted = request.GET.get("slot", "")
            free = show.slots.unfilled()
            slot = free.filter(pk=wanted).first() if wanted.isdecimal() else None
            kept = propose_draft(show, now=timezone.now(), slot=slot)
            request.__dict__["desk_proposal"] = kept
        return kept

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        draft = self._proposal(request)
        return {
            "show": request.GET["show"],
            "number": draft.number,
            "slot": draft.slot,
            "notes": draft.notes,
        }

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: Any, prefix: str
    ) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, CreditInline) and obj.pk is None and request.method == "GET":
            kwargs["initial"] = people.propose_hosts(self._proposal(request))
        return kwargs

    def get_formsets_with_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            if isinstance(inline, CreditInline) and obj is None and request.method == "GET":
                formset.extra = len(self._proposal(request).hostings)
            yield formset, inline

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None and not self.has_change_permission(request, obj):
            return [(None, {"fields": self.viewed_fields})]
        return super().get_fieldsets(request, obj)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = request.__dict__.get("desk_refusal")
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """Save; what only the database refuses comes back as a sentence with what was typed."""
        context = {**self._panels(request, object_id), **(extra_context or {})}
        for is_last_try in (False, True):
            try:
                return super().changeform_view(request, object_id, form_url, context)  # type: ignore[no-any-return]
            except IntegrityError as error:
                request.__dict__["desk_refusal"] = Refusal(
                    rule_of(error), explain(error), is_last_try
                )
                _rewind(request)
        return super().changeform_view(request, object_id, form_url, context)  # type: ignore[no-any-return]

    def _panels(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        now = timezone.now()
        episode = self.get_object(request, object_id) if object_id else None
        plain = {"now": now, "show_save_and_continue": False, "show_save_and_add_another": False}
        if episode is None:
            return plain
        allowed = access(request)
        return {
            **plain,
            "show_delete": episode.status not in {Status.RELEASED, Status.WITHDRAWN},
            "episode": episode,
            "audio": audio.read_audio_panel(
                episode, may_upload=allowed.may(Action.UPLOAD, episode.show_id)
            ),
            "transcripts": transcripts.read_transcript_panel(
                episode, may_edit=allowed.may(Action.EDIT, episode.show_id)
            ),
            "release": release.read_release_panel(episode, allowed, now=now),
        }

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """Lead to the page once there is one."""
        live = obj is not None and obj.is_live(timezone.now())
        return obj.get_absolute_url() if live else None

    def save_model(self, request: HttpRequest, obj: Episode, form: Any, change: bool) -> None:
        """Write the form's own columns and no others: a worker may be writing the audio."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        written = [name for name in form.fields if name in FORM_COLUMNS]
        obj._history_user = request.user  # type: ignore[attr-defined]  # noqa: SLF001 - simple-history's own hook
        obj.save(update_fields=[*written, "artwork", "version", "updated_at"])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Let the tags of the audio follow what was saved, unless the episode is out.

        Foreign keys are checked here and not at the commit: by then the page has said "saved".
        """
        super().save_related(request, form, formsets, change)
        connection.check_constraints()
        saved = Episode.objects.with_labels().get(pk=form.instance.pk)
        labelling.follow(saved, at=timezone.now())

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        if self.get_object(request, object_id) is None:
            raise Http404
        return super().history_view(request, object_id, extra_context)  # type: ignore[no-any-return]

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        if self.get_object(request, object_id) is None:
            raise Http404
        return super().history_form_view(request, object_id, version_id, extra_context)  # type: ignore[no-any-return]

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        episode = self.get_object(request, object_id)
        if episode is not None and episode.status in {Status.RELEASED, Status.WITHDRAWN}:
            messages.error(
                request,
                _(
                    "An episode that was released cannot be deleted: apps and links know it. "
                    "Withdraw it instead; it leaves every page and the feed, and its record stays."
                ),
            )
            return redirect(
                reverse("admin:episodes_episode_change", args=[episode.pk]) + "#release"
            )
        try:
            return super().delete_view(request, object_id, extra_context)  # type: ignore[no-any-return]
        except IntegrityError as error:
            messages.error(request, explain(error))
            return redirect("admin:episodes_episode_change", object_id)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Stay on the page: an episode is saved many times before it is done."""
        if "_addanother" in request.POST or "_continue" in request.POST:
            return super().response_change(request, obj)  # type: ignore[no-any-return]
        messages.success(request, _("“%(episode)s” is saved.") % {"episode": obj})
        return redirect("admin:episodes_episode_change", obj.pk)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(
            request, _("“%(episode)s” is a draft now. Upload its audio next.") % {"episode": obj}
        )
        return redirect(reverse("admin:episodes_episode_change", args=[obj.pk]) + "#audio")


def _rewind(request: HttpRequest) -> None:
    """Let files that a first try has read be read again."""
    for file in request.FILES.values():
        if isinstance(file, UploadedFile):
            file.seek(0)


FORM_COLUMNS = {
    "title", "slug", "number", "season", "type", "summary", "notes", "production_notes",
    "explicit", "recorded_on", "slot",
}  # fmt: skip


def preview_notes(request: HttpRequest) -> HttpResponse:
    """Render notes as the site will."""
    return HttpResponse(render_html(request.POST.get("notes", ""), audience=Audience.SITE))


def suggest_slug(request: HttpRequest) -> JsonResponse:
    shows = Show.objects.visible_to(signed_in(request))
    show = shows.filter(pk=read_number(request, "show") or 0).first()
    if show is None:
        raise Http404
    number, title = read_number(request, "number"), read_text(request, "title")
    slug = propose_slug(show, title=title, number=number)
    return JsonResponse({"slug": slug})


site.register(Episode, EpisodeAdmin)
