"""Artwork, photos and logos: immutable, addressed by content, served in fixed sizes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.base import PublicModel


class Image(PublicModel):
    """One picture as we store it: re-encoded by us, without metadata of the camera.

    Made only by `catalog.artwork.store_image`; a new picture is a new row with a new URL, because
    Apple looks for a changed file name.
    """

    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    file = models.ImageField(_("file"), width_field="width", height_field="height")
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    mime_type = models.CharField(_("type"), max_length=32, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), editable=False)
    renditions = models.JSONField(
        _("smaller versions"),
        default=list,
        editable=False,
        help_text=_("Longest sides in pixels of the files that lie beside it, largest first."),
    )
    alt = models.CharField(
        _("description"),
        max_length=255,
        blank=True,
        help_text=_("What a listener who cannot see it should know."),
    )

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.alt or f"{self.width} × {self.height}"

    @property
    def is_square(self) -> bool:
        return self.width == self.height
