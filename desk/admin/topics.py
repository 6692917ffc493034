"""Themes and countries."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from catalog.models import Topic
from catalog.permissions import Action
from desk.access import access
from desk.admin.base import CatalogueAdmin, SlugForm
from desk.site import site

OTHER_LANGUAGES = [(code, name) for code, name in settings.LANGUAGES if code != "en"]


class TopicForm(SlugForm):
    """Asks for the name in each language instead of showing the JSON that keeps them."""

    slug_fallback = "topic"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, _name in OTHER_LANGUAGES:
            self.initial[f"name_{code}"] = self.instance.translations.get(code, "")

    def save(self, commit: bool = True) -> Any:
        names = {code: self.cleaned_data.get(f"name_{code}", "") for code, _name in OTHER_LANGUAGES}
        kept = {**self.instance.translations, **names}
        self.instance.translations = {code: name for code, name in kept.items() if name}
        return super().save(commit)


TranslatedTopicForm = type(
    "TranslatedTopicForm",
    (TopicForm,),
    {
        f"name_{code}": forms.CharField(
            label=name, required=False, max_length=100, widget=UnfoldAdminTextInputWidget()
        )
        for code, name in OTHER_LANGUAGES
    },
)


class TopicAdmin(CatalogueAdmin):
    form = TranslatedTopicForm
    list_display = ["name", "kind", "country_code", "episodes_count"]
    list_filter = ["kind"]
    search_fields = ["name", "translations", "country_code"]
    fieldsets = [
        (None, {"fields": [("kind", "country_code"), ("name", "slug"), "description"]}),
        (
            _("Names in other languages"),
            {"fields": [f"name_{code}" for code, _name in OTHER_LANGUAGES]},
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        rows: QuerySet[Topic] = super().get_queryset(request)
        return rows.annotate(mentions=Count("episodes", distinct=True))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Deleting a topic takes it off its episodes: all of them must be one's own."""
        allowed = access(request)
        if not isinstance(obj, Topic) or allowed.everything:
            return super().has_delete_permission(request, obj)
        mine = allowed.shows(Action.DELETE)
        return bool(mine) and not obj.episodes.exclude(show__in=mine).exists()

    @display(description=_("episodes"), ordering="mentions")
    def episodes_count(self, topic: Topic) -> int:
        return int(getattr(topic, "mentions", 0))


site.register(Topic, TopicAdmin)
