"""What all pages of the admin share: who may open them, and 404 for what is not one's own."""

from typing import Any, NoReturn

from django import forms
from django.contrib.admin.options import ModelAdmin as DjangoModelAdmin
from django.db.models import Model, URLField
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from catalog.permissions import Action
from catalog.slugs import free_slug
from desk.access import access

HTTPS = {URLField: {"assume_scheme": "https"}}
"""An address written without a scheme means the safe one."""


class DeskAdmin(ModelAdmin):
    compressed_fields = True
    warn_unsaved_form = True
    list_per_page = 50
    actions = None
    formfield_overrides = HTTPS

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> NoReturn:
        """Answer 404: a redirect with a message would tell unknown from not yours."""
        raise Http404

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        """Say the model's order again: a list that counts related rows would lose it."""
        return tuple(super().get_ordering(request) or self.opts.ordering)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Filter by no row that points here: it may belong to a show of others."""
        first = self.opts.fields_map.get(lookup.partition("__")[0])
        if first is not None:
            return False
        return bool(super().lookup_allowed(lookup, value, request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_view_permission(request))


class CatalogueAdmin(DeskAdmin):
    """Records that all shows share: whoever may write episodes may keep them."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access(request).may_anywhere(Action.VIEW)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access(request).may_anywhere(Action.EDIT)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access(request).may_anywhere(Action.EDIT)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access(request).may_anywhere(Action.DELETE)

    def get_inline_instances(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Give the inlines to whoever has the page: they are parts of the record."""
        return [inline(self.model, self.admin_site) for inline in self.get_inlines(request, obj)]


class PartInline:
    """An inline whose rows belong to the record: the page's permission is theirs.

    Goes before the theme's inline class among the bases.
    """

    extra = 0
    tab = False
    formfield_overrides = HTTPS

    def _of_page(self, request: HttpRequest, obj: Model | None) -> bool:
        page = self.admin_site._registry[self.parent_model]  # type: ignore[attr-defined]  # noqa: SLF001 - the registry has no other door
        assert isinstance(page, DjangoModelAdmin)  # noqa: S101 - that is what it holds
        if obj is None:
            return page.has_add_permission(request)
        return page.has_change_permission(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._of_page(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._of_page(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._of_page(request, obj)


class SlugForm(forms.ModelForm):  # type: ignore[type-arg]
    """Makes the slug from the name where the editor leaves it empty."""

    slug_source = "name"
    slug_fallback = "item"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _(
                "Part of the address. Left empty, it is made for you."
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "slug" in self.fields and not cleaned.get("slug") and "slug" not in self.errors:
            rows = type(self.instance)._default_manager.exclude(pk=self.instance.pk)  # noqa: SLF001
            source = str(cleaned.get(self.slug_source) or "")
            cleaned["slug"] = free_slug(rows, source, fallback=self.slug_fallback, length=90)
        return cleaned
