"""One record per human, reused for ever."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.base import PublicModel
from catalog.models.images import Image


class PersonQuerySet(models.QuerySet["Person"]):
    def named(self, text: str) -> Self:
        """Return people one of whose names, in any script, contains `text`."""
        return self.filter(
            Q(name__icontains=text)
            | Q(pk__in=PersonName.objects.filter(name__icontains=text).values("person"))
        )


class Person(PublicModel):
    """A host, guest or anyone else who is credited."""

    name = models.CharField(_("name"), max_length=128)
    sort_name = models.CharField(
        _("sort name"),
        max_length=128,
        blank=True,
        help_text=_(
            "How lists sort it: “Gryaznova, Daryana”. Left empty, it is made from the name."
        ),
    )
    slug = models.SlugField(_("slug"), max_length=140, unique=True)
    bio = models.TextField(_("biography"), blank=True, help_text=_("Markdown."))
    photo = models.ForeignKey(
        Image,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("photo"),
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["sort_name", "name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if not self.sort_name and self.name:
            first, _space, last = self.name.rpartition(" ")
            self.sort_name = f"{last}, {first}" if first else last


class PersonName(models.Model):
    """The same name in another script or spelling, so that any of them finds the person."""

    class Script(models.TextChoices):
        """ISO 15924 codes."""

        LATIN = "Latn", _("Latin")
        CYRILLIC = "Cyrl", _("Cyrillic")
        ARABIC = "Arab", _("Arabic")
        OTHER = "Zyyy", _("Other")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(_("name"), max_length=128)
    script = models.CharField(_("script"), max_length=4, choices=Script)
    language = models.CharField(
        _("language"), max_length=16, blank=True, help_text=_("BCP 47, such as ru or kk.")
    )
    is_native = models.BooleanField(_("the person's own spelling"), default=False)

    class Meta:
        verbose_name = _("name variant")
        verbose_name_plural = _("name variants")
        ordering = ["script", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "name"],
                name="catalog_personname_once",
                violation_error_message=_("This person has this name variant already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PersonLink(models.Model):
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="links")
    label = models.CharField(_("label"), max_length=64)
    url = models.URLField(_("address"), max_length=500)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.label
