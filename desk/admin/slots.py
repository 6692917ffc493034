"""The calendar as a list: what each show promised, and what became of it."""

from typing import Any

from django import forms
from django.contrib.admin import RelatedOnlyFieldListFilter, SimpleListFilter
from django.db.models import BooleanField, ExpressionWrapper, Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from catalog.models import Show
from catalog.permissions import Action
from desk.access import access
from desk.admin.base import DeskAdmin
from desk.site import site
from desk.templatetags.desk import slot_moment
from episodes.models import Slot
from episodes.slots import skip

LINK = '<span class="desk"><a href="{}">{}</a></span>'


class WhenFilter(SimpleListFilter):
    title = _("when")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ahead", _("To come")), ("missed", _("Missed")), ("past", _("Past"))]

    def queryset(self, request: HttpRequest, rows: QuerySet[Slot]) -> QuerySet[Slot]:
        now = timezone.now()
        if self.value() == "missed":
            return rows.missed(now).order_by("-due_at")  # type: ignore[attr-defined, no-any-return]
        if self.value() == "past":
            return rows.filter(due_at__lte=now).order_by("-due_at")
        if self.value() == "ahead":
            return rows.filter(due_at__gt=now)
        return rows


class SlotForm(forms.ModelForm):  # type: ignore[type-arg]
    skipped_reason = forms.CharField(
        label=_("Skipped because"),
        required=False,
        max_length=255,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_(
            "A reason gives the slot up; the team and the record of punctuality see it. "
            "Clear it to open the slot again."
        ),
    )

    class Meta:
        model = Slot
        fields = ["skipped_reason"]

    def clean(self) -> dict[str, Any]:
        """Let the domain judge; the page keeps what was typed."""
        cleaned = super().clean() or {}
        reason = cleaned.get("skipped_reason", "")
        if reason:
            try:
                skip(self.instance, reason=reason)
            except forms.ValidationError as error:
                self.add_error("skipped_reason", error)
        return cleaned


class SlotAdmin(DeskAdmin):
    form = SlotForm
    list_display = ["due", "show", "state", "episode_link"]
    list_display_links = ["due"]
    list_filter = [WhenFilter, ("show", RelatedOnlyFieldListFilter)]
    list_select_related = ["show", "episode"]
    list_before_template = "admin/desk/slot_tabs.html"
    readonly_fields = ["show", "due", "state", "episode_link"]
    fields = ["show", "due", "state", "episode_link", "skipped_reason"]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(request, {"title": _("Calendar"), **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Slot]:
        rows: QuerySet[Slot] = super().get_queryset(request)
        shows = Show.objects.visible_to(request.user)  # type: ignore[arg-type]
        allowed = access(request)
        mine = Q(pk__isnull=False) if allowed.everything else Q(show__in=allowed.shows(Action.EDIT))
        return (
            rows.filter(show__in=shows)
            .select_related("show", "episode")
            .annotate(may_edit=ExpressionWrapper(mine, output_field=BooleanField()))
        )

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        show = getattr(obj, "show_id", None)
        if show is None:
            return access(request).may_anywhere(Action.VIEW)
        return access(request).may(Action.VIEW, show)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        show = getattr(obj, "show_id", None)
        if show is None:
            return access(request).may_anywhere(Action.EDIT)
        return access(request).may(Action.EDIT, show)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # the cadence makes them

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # skipped, with a reason

    @display(description=_("due"), ordering="due_at")
    def due(self, slot: Slot) -> SafeString | str:
        return slot_moment(slot)

    @display(description=_("state"))
    def state(self, slot: Slot) -> SafeString:
        state = slot.state(timezone.now())
        return format_html('<span class="desk-pill desk-pill--{}">{}</span>', state, state.label)

    @display(description=_("episode"))
    def episode_link(self, slot: Slot) -> SafeString | str:
        episode = getattr(slot, "episode", None)
        if episode is None and (slot.skipped_reason or not getattr(slot, "may_edit", False)):
            return slot.skipped_reason or "–"
        if episode is None:
            query = {"show": slot.show_id, "slot": slot.pk}
            add = reverse("admin:episodes_episode_add", query=query)
            return format_html(LINK, add, _("Add episode"))
        url = reverse("admin:episodes_episode_change", args=[episode.pk])
        return format_html(LINK, url, episode)


site.register(Slot, SlotAdmin)
