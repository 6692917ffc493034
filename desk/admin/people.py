"""People: one record per human, found by any name in any script."""

from typing import Any

from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from catalog.models import Affiliation, Person, PersonLink, PersonName
from desk.admin.base import CatalogueAdmin, PartInline, SlugForm
from desk.pictures import PictureForm, thumbnail
from desk.site import site


class PersonForm(SlugForm, PictureForm):
    slug_fallback = "person"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["picture_alt"].widget = UnfoldAdminTextInputWidget()


class NameInline(PartInline, TabularInline):
    model = PersonName
    verbose_name_plural = _("Names in other scripts and spellings")


class AffiliationInline(PartInline, TabularInline):
    model = Affiliation
    autocomplete_fields = ["organisation"]
    verbose_name_plural = _("What they do, and when")


class LinkInline(PartInline, TabularInline):
    model = PersonLink


class PersonAdmin(CatalogueAdmin):
    form = PersonForm
    list_display = ["listed_name", "affiliation", "other_names", "credits_count"]
    list_display_links = ["listed_name"]
    search_fields = ["name", "names__name", "affiliations__organisation__name"]
    search_help_text = _("A name in any script, or an organisation")
    inlines = [NameInline, AffiliationInline, LinkInline]
    readonly_fields = ["portrait"]
    fieldsets = [
        (None, {"fields": [("name", "sort_name"), "slug", "bio"]}),
        (_("Photo"), {"fields": ["portrait", ("picture", "picture_alt")]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        rows: QuerySet[Person] = super().get_queryset(request)
        return (
            rows.annotate(appearances=Count("credits__episode", distinct=True))
            .select_related("photo")
            .prefetch_related(
                "names",
                Prefetch("affiliations", Affiliation.objects.select_related("organisation")),
            )
        )

    @display(description=_("name"), ordering="sort_name")
    def listed_name(self, person: Person) -> str:
        return person.name

    @display(description=_("known as"))
    def affiliation(self, person: Person) -> str:
        newest = next(iter(person.affiliations.all()), None)
        return str(newest or "–")

    @display(description=_("other names"))
    def other_names(self, person: Person) -> str:
        return ", ".join(name.name for name in person.names.all()) or "–"

    @display(description=_("episodes"), ordering="appearances")
    def credits_count(self, person: Person) -> int:
        return int(getattr(person, "appearances", 0))

    @display(description=_("photo"))
    def portrait(self, person: Person | None) -> str:
        photo = person.photo if person else None
        return thumbnail(photo) if photo else format_html("{}", _("No photo yet."))


site.register(Person, PersonAdmin)
