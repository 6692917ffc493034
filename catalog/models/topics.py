"""What episodes are about: themes and countries."""

from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.base import PublicModel


class TopicQuerySet(models.QuerySet["Topic"]):
    def themes(self) -> Self:
        return self.filter(kind=Topic.Kind.THEME)

    def countries(self) -> Self:
        return self.filter(kind=Topic.Kind.COUNTRY)


class Topic(PublicModel):
    class Kind(models.TextChoices):
        THEME = "theme", _("Theme")
        COUNTRY = "country", _("Country")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.THEME)
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("slug"), max_length=110, unique=True)
    country_code = models.CharField(
        _("country code"),
        max_length=2,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Two capital letters, such as KZ."))],
        help_text=_("ISO 3166-1 alpha-2, for countries only."),
    )
    description = models.TextField(_("description"), blank=True)
    translations = models.JSONField(
        _("names in other languages"),
        default=dict,
        blank=True,
        help_text=_("Language code to name: {“ru”: “Казахстан”}."),
    )

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="country", country_code__regex=r"^[A-Z]{2}$")
                | Q(kind="theme", country_code=""),
                name="catalog_topic_country_has_code",
                violation_error_message=_("A country needs its ISO code, a theme has none."),
            ),
            models.UniqueConstraint(
                fields=["country_code"],
                condition=Q(kind="country"),
                name="catalog_topic_country_once",
                violation_error_message=_("This country is in the list already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        """Return the name in a BCP 47 `language`, or the main name where there is none."""
        return str(self.translations.get(language.partition("-")[0], self.name))
