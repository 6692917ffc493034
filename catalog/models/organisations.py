"""Organisations, and who did what there when."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models.base import DatedModel, PublicModel
from catalog.models.constraints import dates_in_order
from catalog.models.images import Image
from catalog.models.people import Person
from catalog.models.querysets import DatedQuerySet


class Organisation(PublicModel):
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("slug"), max_length=220, unique=True)
    description = models.TextField(_("description"), blank=True, help_text=_("Markdown."))
    url = models.URLField(_("website"), max_length=500, blank=True)
    country_code = models.CharField(
        _("country"), max_length=2, blank=True, help_text=_("ISO 3166-1, such as KZ.")
    )
    logo = models.ForeignKey(
        Image,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("logo"),
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Affiliation(DatedModel):
    """A person's title, at an organisation or on their own account ("independent researcher")."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="affiliations")
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="affiliations",
        verbose_name=_("organisation"),
        help_text=_("Leave empty for somebody who works independently."),
    )
    title = models.CharField(pgettext_lazy("of a person", "title"), max_length=200)

    objects = DatedQuerySet["Affiliation"].as_manager()

    class Meta:
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")
        ordering = ["person", models.F("starts_on").desc(nulls_last=True), "pk"]
        constraints = [dates_in_order("catalog_affiliation")]

    def __str__(self) -> str:
        return f"{self.title}, {self.organisation}" if self.organisation else self.title
