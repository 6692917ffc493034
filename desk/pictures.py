"""Pictures in the admin: taken in through one form, shown in the size that is needed."""

from typing import Any

from django import forms
from django.core.files.storage import default_storage
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget

from catalog.artwork import rendition_name, store_image
from catalog.models import Image


def thumbnail(image: Image, side: int = 160) -> str:
    return format_html(
        '<img src="{}" alt="{}" width="{}" height="{}" loading="lazy" '
        'style="border-radius:8px;object-fit:cover;width:{}px;height:auto">',
        default_storage.url(rendition_name(image, 2 * side)),
        image.alt,
        image.width,
        image.height,
        side,
    )


class PictureForm(forms.ModelForm):  # type: ignore[type-arg]
    """Takes a picture beside the row's own fields; `picture_field` says where it belongs."""

    picture_field = "photo"
    picture = forms.FileField(
        label=_("New picture"),
        required=False,
        widget=UnfoldAdminFileFieldWidget({"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("JPEG, PNG or WebP, at most 6000 × 6000 pixels and 30 MB."),
    )
    picture_alt = forms.CharField(
        label=_("What it shows"),
        required=False,
        max_length=255,
        help_text=_("For people who cannot see it."),
    )

    def clean_picture(self) -> Image | None:
        file = self.cleaned_data.get("picture")
        if not file:
            return None
        try:
            # Its own turn comes after this field's; what is wrong with it is said there.
            alt = self.fields["picture_alt"].clean(self.data.get("picture_alt"))
        except forms.ValidationError:
            return None
        return store_image(file, alt=alt)

    def save(self, commit: bool = True) -> Any:
        if picture := self.cleaned_data.get("picture"):
            setattr(self.instance, self.picture_field, picture)
        return super().save(commit)
