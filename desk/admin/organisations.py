"""Organisations that people speak for and shows are made with."""

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from catalog.models import Organisation
from desk.admin.base import CatalogueAdmin, SlugForm
from desk.pictures import PictureForm, thumbnail
from desk.site import site


class OrganisationForm(SlugForm, PictureForm):
    slug_fallback = "organisation"
    picture_field = "logo"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["picture_alt"].widget = UnfoldAdminTextInputWidget()


class OrganisationAdmin(CatalogueAdmin):
    form = OrganisationForm
    list_display = ["name", "country_code", "people_count", "url"]
    search_fields = ["name"]
    readonly_fields = ["current_logo"]
    fieldsets = [
        (None, {"fields": ["name", ("slug", "country_code"), "url", "description"]}),
        (_("Logo"), {"fields": ["current_logo", ("picture", "picture_alt")]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organisation]:
        rows: QuerySet[Organisation] = super().get_queryset(request)
        return rows.select_related("logo").annotate(
            people=Count("affiliations__person", distinct=True)
        )

    @display(description=_("people"), ordering="people")
    def people_count(self, organisation: Organisation) -> int:
        return int(getattr(organisation, "people", 0))

    @display(description=_("logo"))
    def current_logo(self, organisation: Organisation | None) -> str:
        logo = organisation.logo if organisation else None
        return thumbnail(logo) if logo else format_html("{}", _("No logo yet."))


site.register(Organisation, OrganisationAdmin)
