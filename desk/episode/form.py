"""The form of an episode's page, with its rows of credits."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from catalog.models import Show
from desk.episode.collisions import Collision, find_collision
from desk.pictures import PictureForm
from desk.templatetags.desk import zone_name
from episodes.crediting import organisation_named
from episodes.drafting import propose_slug
from episodes.models import Credit, Episode, Slot
from episodes.slots import local_time

MISSED_SLOTS = 6

SLUG_TAKEN = "episodes_episode_slug_unique"
SAID_AT = {
    SLUG_TAKEN: "slug",
    "episodes_episode_number_unique": "number",
    "episodes_episode_slot_id_key": "slot",
}
"""The field of the form that is to be changed, by the rule of the database that is broken."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the database said to a first try: what was fine when it was checked is taken now."""

    rule: str
    sentence: str
    is_last_try: bool = False


class SlotChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Slot) -> str:
        local = local_time(obj)
        return f"{date_format(local, 'D j M Y, H:i')} {zone_name(local)}"


class EpisodeForm(PictureForm):
    picture_field = "artwork"
    refusal: Refusal | None = None

    show = forms.ModelChoiceField(Show.objects.all(), widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    """The version of the episode that the page showed."""
    slot = SlotChoice(
        Slot.objects.none(),
        label=_("Slot"),
        required=False,
        empty_label=_("No slot"),
        error_messages=dict.fromkeys(
            ("unique", "invalid_choice"),
            _("This slot is not free any more. Choose another one, or none."),
        ),
    )

    class Meta:
        model = Episode
        fields = [
            "show", "title", "slug", "number", "season", "type", "summary", "notes",
            "production_notes", "explicit", "recorded_on", "slot", "topics",
        ]  # fmt: skip
        widgets = {
            "summary": forms.Textarea({"rows": 2, "maxlength": 400}),
            "production_notes": forms.Textarea({"rows": 3}),
            "recorded_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            "title": forms.TextInput({"autocomplete": "off"}),
            "slug": forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
            "notes": forms.Textarea({"rows": 16}),
            "number": forms.NumberInput({"min": 1}),
            "season": forms.NumberInput({"min": 1}),
            "explicit": forms.Select(
                choices=[("", _("As the show")), ("True", _("Yes")), ("False", _("No"))]
            ),
            "type": forms.Select(),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.collision: Collision | None = None
        if "slug" not in self.fields:
            return  # somebody who only reads gets no field of the model
        self.fields["slug"].required = False
        self.fields["explicit"].help_text = ""
        self.fields["picture"].label = _("Artwork of its own")
        if self.instance.pk:
            self.fields["show"].disabled = True
            self.initial["seen"] = self.instance.version
        if self.instance.status in {Episode.Status.RELEASED, Episode.Status.WITHDRAWN}:
            self.fields["slug"].disabled = True
        slots = self.fields["slot"]
        assert isinstance(slots, SlotChoice)  # noqa: S101 - declared above
        slots.queryset = self._slots()

    def _slots(self) -> QuerySet[Slot]:
        """Offer the slots to come, the last missed ones, and the one that the episode has."""
        show = str(self.instance.show_id or self.initial.get("show") or self.data.get("show"))
        rows = Slot.objects.filter(show_id=int(show)) if show.isdecimal() else Slot.objects.none()
        now = timezone.now()
        missed = rows.missed(now).order_by("-due_at").values("pk")[:MISSED_SLOTS]
        free = rows.unfilled()
        return rows.filter(
            Q(pk__in=free.filter(due_at__gt=now).values("pk"))
            | Q(pk__in=free.filter(pk__in=list(missed.values_list("pk", flat=True))).values("pk"))
            | Q(pk=self.instance.slot_id)
        ).order_by("due_at")

    def full_clean(self) -> None:
        """Say at its field what the rows of others leave no room for, and a refusal nobody said.

        A slug that we proposed and that went to another meanwhile is no refusal: there is a next.
        """
        super().full_clean()
        if not self.is_bound:
            return
        self._move_to_fields()
        refusal = self.refusal
        if refusal is None or self.errors:
            return
        if refusal.rule == SLUG_TAKEN and not self["slug"].value() and not refusal.is_last_try:
            return
        field = SAID_AT.get(refusal.rule)
        shown = field if field in self.fields else None
        self.add_error(shown, ValidationError(refusal.sentence, code="refused"))

    def _move_to_fields(self) -> None:
        fields = {
            str(rule.get_violation_error_message()): SAID_AT[rule.name]
            for rule in Episode._meta.constraints
            if rule.name in SAID_AT
        }
        for error in self.errors.pop(NON_FIELD_ERRORS, self.error_class()).as_data():
            sentence = str(next(iter(error)))
            field = fields.get(sentence)
            self.add_error(field if field in self.fields else None, error)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("slug") and "slug" not in self.errors and cleaned.get("show"):
            cleaned["slug"] = propose_slug(
                cleaned["show"],
                title=cleaned.get("title") or "",
                number=cleaned.get("number"),
                episode=self.instance,
            )
        if self.instance.pk:
            self._watch_for_others(cleaned.get("seen"))
        return cleaned

    def _watch_for_others(self, seen_version: int | None) -> None:
        """Hold the row until the end of the transaction and compare versions.

        The form that comes back carries the new version: saving it again is a decision.
        """
        stored = Episode.objects.select_for_update(of=("self",)).get(pk=self.instance.pk)
        self.instance.version = stored.version + 1
        if seen_version is None:
            return
        self.collision = find_collision(stored, seen_version=seen_version)
        if self.collision is not None:
            if isinstance(self.data, QueryDict):
                data = self.data.copy()
                data[self.add_prefix("seen")] = str(stored.version)
                self.data = data
            raise ValidationError(
                _("%(who)s saved this episode while you were editing. Yours is not saved yet."),
                code="collision",
                params={"who": self.collision.who},
            )


class CreditForm(forms.ModelForm):  # type: ignore[type-arg]
    """A row of people. The organisation is written by name: one that exists, or a new one."""

    organisation_text = forms.CharField(label=_("Organisation"), required=False, max_length=200)

    class Meta:
        model = Credit
        fields = ["person", "role", "title", "order"]
        widgets = {
            "person": forms.HiddenInput,
            "order": forms.HiddenInput,
            "title": forms.TextInput({"autocomplete": "off"}),
            "role": forms.Select,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation_text"].widget.attrs.update(
            {"list": "organisations", "autocomplete": "off"}
        )
        if self.instance.pk:
            self.initial["organisation_text"] = self.instance.credited_organisation

    @property
    def person_shown(self) -> Any:
        """Return the person of the row, saved, proposed or posted."""
        if self.instance.person_id:
            return self.instance.person
        field = self.fields["person"]
        value = self["person"].value()
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - a foreign key
        return field.queryset.filter(pk=value).first() if str(value or "").isdecimal() else None  # type: ignore[union-attr]

    def save(self, commit: bool = True) -> Any:
        if "organisation_text" in self.changed_data:
            organisation = organisation_named(self.cleaned_data["organisation_text"].strip())
            self.instance.organisation = organisation
            if self.instance.frozen_at is not None:
                self.instance.organisation_name = organisation.name if organisation else ""
        return super().save(commit)
