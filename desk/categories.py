"""Up to three of Apple's categories, each chosen from the tree."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from catalog.categories import APPLE_CATEGORIES, SEPARATOR

PLACES = (_("First category"), _("Second category"), _("Third category"))

TREE: list[tuple[str, Any]] = [
    ("", "–"),
    *(
        (
            top,
            [(top, top), *((f"{top}{SEPARATOR}{sub}", f"{top}{SEPARATOR}{sub}") for sub in subs)],
        )
        for top, subs in APPLE_CATEGORIES.items()
    ),
]


class CategoriesWidget(forms.MultiWidget):
    def __init__(self) -> None:
        super().__init__(
            [UnfoldAdminSelectWidget({"aria-label": place}, choices=TREE) for place in PLACES]
        )

    def decompress(self, value: Sequence[str] | str | None) -> list[str]:
        chosen = value.split(",") if isinstance(value, str) else list(value or [])
        return [*chosen, "", "", ""][:3]


class CategoriesField(forms.MultiValueField):
    """Gives the list that the model keeps; a category named twice is a slip worth saying."""

    def __init__(self, **kwargs: Any) -> None:
        places = tuple(forms.ChoiceField(choices=TREE, required=False) for _place in PLACES)
        super().__init__(places, widget=CategoriesWidget(), require_all_fields=False, **kwargs)

    def compress(self, values: Sequence[str]) -> list[str]:
        chosen = [value for value in values or [] if value]
        if len(set(chosen)) < len(chosen):
            raise ValidationError(_("A category is chosen twice."), code="twice")
        return chosen
