"""Shows, with everything that a new episode starts from."""

from typing import Any

from django import forms
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from catalog.artwork import check_show_artwork
from catalog.models import Cadence, Hosting, Image, Membership, Partnership, Show, ShowLink
from catalog.permissions import Action
from desk.access import access, runs_everything
from desk.admin.base import DeskAdmin, PartInline, SlugForm
from desk.cadence_preview import describe_cadence, preview_cadence
from desk.categories import CategoriesField
from desk.choices import TIME_ZONES
from desk.pictures import PictureForm, thumbnail
from desk.site import site
from episodes.models import Episode
from episodes.slots import ensure_slots


class ShowForm(SlugForm, PictureForm):
    slug_source = "title"
    slug_fallback = "show"
    picture_field = "artwork"
    categories = CategoriesField(
        label=_("Categories"), help_text=_("Directories file the show under the first.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["picture"].label = _("New artwork")
        self.fields["picture"].help_text = _(
            "A square of 1400 to 3000 pixels, JPEG or PNG: directories take nothing else."
        )
        self.fields["picture_alt"].widget = UnfoldAdminTextInputWidget()

    def clean_picture(self) -> Image | None:
        image = super().clean_picture()
        if image is not None:
            check_show_artwork(image)
        return image


class CadenceForm(forms.ModelForm):  # type: ignore[type-arg]
    rrule = forms.CharField(
        label=_("Rule"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget({"list": "cadence-rules", "autocomplete": "off"}),
        help_text=_("RFC 5545: choose one from the list or write your own."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=TIME_ZONES,
        initial="UTC",
        widget=UnfoldAdminSelectWidget({"data-guess-time-zone": ""}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["time_zone"] = self.initial.get("time_zone") or get_current_timezone_name()
        if "skipped_dates" in self.fields:
            self.fields["skipped_dates"].widget.attrs["rows"] = 2
            self.fields["skipped_dates"].help_text = _(
                "Local dates on which nothing comes out, with commas between: "
                "2026-03-21, 2026-03-22."
            )


class CadenceInline(PartInline, StackedInline):
    model = Cadence
    form = CadenceForm
    verbose_name_plural = _("Cadence: when it comes out")
    fields = [
        ("rrule", "time_zone"),
        ("starts_on", "release_time"),
        "ends_on",
        "skipped_dates",
        "in_words",
    ]
    readonly_fields = ["in_words"]

    @display(description=_("In words"))
    def in_words(self, cadence: Cadence) -> SafeString:
        text = describe_cadence(cadence, now=timezone.now(), language=get_language() or "en")
        return format_html(
            '<div class="desk"><div class="desk-note desk-stack--close" data-cadence-preview '
            'data-url="{}" aria-live="polite">{}</div></div>',
            reverse("admin:catalog_show_cadence"),
            text,
        )


class HostingInline(PartInline, TabularInline):
    model = Hosting
    fields = ["person", "role", "starts_on", "ends_on", "order"]
    autocomplete_fields = ["person"]
    verbose_name_plural = _("Standing hosts: credited on every new episode")


class PartnershipInline(PartInline, StackedInline):
    model = Partnership
    autocomplete_fields = ["organisation"]
    fields = ["organisation", "wording", "url", ("starts_on", "ends_on"), "order"]


class ShowLinkInline(PartInline, TabularInline):
    model = ShowLink
    verbose_name_plural = _("Where else to find and support it")


class TeamInline(PartInline, TabularInline):
    model = Membership
    verbose_name_plural = _("Team")

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        """Search users where one may list them; an owner of a show chooses from the plain list."""
        return ["user"] if runs_everything(request) else []

    def _of_page(self, request: HttpRequest, obj: Model | None) -> bool:
        return access(request).may(Action.MANAGE, obj.pk if obj else None)


class ShowAdmin(DeskAdmin):
    form = ShowForm
    list_display = ["title", "rhythm", "language", "episodes_count", "is_public"]
    search_fields = ["title"]
    inlines = [CadenceInline, HostingInline, PartnershipInline, ShowLinkInline, TeamInline]
    readonly_fields = ["current_artwork", "guid", "feed_address"]
    fieldsets = [
        (None, {"fields": ["title", "tagline", "description", ("author", "language")]}),
        (_("Artwork"), {"fields": ["current_artwork", ("picture", "picture_alt")]}),
        (
            _("Directories"),
            {"fields": ["categories", ("type", "medium"), ("explicit", "complete")]},
        ),
        (
            _("Every episode starts with"),
            {"fields": ["notes_template", "notes_footer"]},
        ),
        (
            _("Owner and rights"),
            {
                "fields": [
                    ("owner_name", "owner_email"),
                    "owner_in_feed",
                    ("copyright", "license"),
                    ("license_url", "website"),
                ]
            },
        ),
        (
            _("Address and visibility"),
            {"fields": [("slug", "feed_address"), "guid", ("is_public", "blocked"), "locked"]},
        ),
    ]

    class Media:
        js = ["desk/time_zone.js", "desk/cadence.js"]

    def get_urls(self) -> list[URLPattern]:
        preview = self.admin_site.admin_view(preview_cadence)
        urls: list[URLPattern] = super().get_urls()
        return [path("cadence/", preview, name="catalog_show_cadence"), *urls]

    def get_readonly_fields(self, request: HttpRequest, obj: Show | None = None) -> list[str]:
        """Freeze the slug with the first release: the feed's address is in apps by then."""
        out = {Episode.Status.RELEASED, Episode.Status.WITHDRAWN}
        known = obj is not None and obj.episodes.filter(status__in=out).exists()
        return [*self.readonly_fields, "slug"] if known else self.readonly_fields

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if "slug" in self.get_readonly_fields(request, obj):
            final = _("Final since the first release: apps know the feed by it.")
            kwargs["help_texts"] = {"slug": final}
        return super().get_form(request, obj, change=change, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Show]:
        rows: QuerySet[Show] = super().get_queryset(request)
        return (
            rows.filter(pk__in=Show.objects.visible_to(request.user))  # type: ignore[arg-type]
            .select_related("artwork")
            .prefetch_related("cadences")
            .annotate(count=Count("episodes", distinct=True))
        )

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> list[Any]:
        may_manage = access(request).may(Action.MANAGE, obj.pk if obj else None)
        return [each for each in self.inlines if each is not TeamInline or may_manage]

    def get_inline_instances(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return [inline(self.model, self.admin_site) for inline in self.get_inlines(request, obj)]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        ensure_slots(form.instance, now=timezone.now())

    @display(description=_("cadence"))
    def rhythm(self, show: Show) -> str:
        now = timezone.now().date()
        for cadence in show.cadences.all():
            if cadence.starts_on <= now and (cadence.ends_on is None or cadence.ends_on >= now):
                return describe_cadence(cadence, now=None, language=get_language() or "en")
        return "–"

    @display(description=_("episodes"), ordering="count")
    def episodes_count(self, show: Show) -> int:
        return int(getattr(show, "count", 0))

    @display(description=_("artwork"))
    def current_artwork(self, show: Show | None) -> str:
        artwork = show.artwork if show else None
        return thumbnail(artwork) if artwork else format_html("{}", _("No artwork yet."))

    @display(description=_("feed"))
    def feed_address(self, show: Show | None) -> SafeString | str:
        if show is None or not show.slug or not show.pk:
            return "–"
        return format_html('<a href="{0}">{0}</a>', show.feed_url)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if obj is None:
            return access(request).may_anywhere(Action.VIEW)
        return access(request).may(Action.VIEW, obj.pk)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if obj is None:
            return access(request).may_anywhere(Action.PLAN)
        return access(request).may(Action.PLAN, obj.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access(request).everything

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access(request).everything


site.register(Show, ShowAdmin)
