"""The rows of chapters on an episode's page: read together, checked together, saved together.

No row knows a record of the database. What is posted is the whole list, so that rows may swap
times, be pasted over and be put back, and a row that somebody else deleted meanwhile is no error.
"""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.formsets import ManagementForm
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.artwork import rendition_name, store_image
from catalog.models import Image
from desk.episode.fields import TimecodeField
from episodes.chaptering import (
    Replacement,
    fingerprint,
    marks_of,
    refusals,
    remarks_on,
    replace_chapters,
    say_beyond,
    stored_name,
    told,
)
from episodes.chapters.checking import LONGEST_LINK, LONGEST_TITLE, Lack, Remark, is_beyond
from episodes.chapters.marks import ChapterMark, clean_title
from episodes.models import Chapter, Episode

SPARE_ROWS = 3
"""Empty rows at the end for whoever has no scripts to add some."""
PICTURED_ROWS = 60
"""Rows that can take a picture without scripts: a request may carry 100 files."""

_signer = signing.Signer(salt="desk.chapter.image")


def token_of(image: Image) -> str:
    """Return a picture's number as only we can write it: any other is not taken back."""
    return _signer.sign(str(image.pk))


def number_in(token: str) -> int | None:
    try:
        return int(_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def thumbnail_url(image: Image) -> str:
    return str(image.file.storage.url(rendition_name(image, 96)))


class ChapterForm(forms.ModelForm):  # type: ignore[type-arg]
    start_ms = TimecodeField(
        label=_("Start"),
        widget=forms.TextInput(
            {"autocomplete": "off", "spellcheck": "false", "inputmode": "text", "data-start": ""}
        ),
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=LONGEST_TITLE,
        widget=forms.TextInput({"autocomplete": "off", "data-title": ""}),
    )
    url = forms.URLField(
        label=_("Link"),
        required=False,
        max_length=LONGEST_LINK,
        assume_scheme="https",
        widget=forms.URLInput({"placeholder": "https://", "autocomplete": "off", "data-url": ""}),
    )
    hidden = forms.BooleanField(
        label=_("Not in the table of contents"),
        required=False,
        widget=forms.CheckboxInput({"data-hidden": ""}),
    )
    kept_image = forms.CharField(required=False, widget=forms.HiddenInput({"data-image": ""}))
    """The picture that the row has already, signed."""
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
    )
    picture_alt = forms.CharField(label=_("What it shows"), required=False, max_length=255)

    known_images: Mapping[int, Image]
    remark = ""
    """What is to be mended in the row as it is stored."""

    class Meta:
        model = Chapter
        fields = ["start_ms", "title", "url", "hidden"]

    def validate_unique(self) -> None:
        """Leave it to the list: the record with this time may be going."""

    def validate_constraints(self) -> None:
        """Likewise."""

    def clean_title(self) -> str:
        return clean_title(self.cleaned_data["title"])

    def clean_picture(self) -> Image | None:
        file = self.cleaned_data.get("picture")
        if not file:
            return None
        alt = self.data.get(self.add_prefix("picture_alt"), "")
        return store_image(file, alt=clean_title(alt)[:255])

    @property
    def image(self) -> Image | None:
        """The picture of the row: a new one, or the one that it had."""
        new = getattr(self, "cleaned_data", {}).get("picture")
        return new or self.known_images.get(number_in(str(self["kept_image"].value() or "")) or 0)

    @property
    def thumbnail(self) -> str:
        return thumbnail_url(self.image) if self.image else ""

    @property
    def is_opened(self) -> bool:
        """Whether there is more than time and title to see."""
        names = ("url", "hidden", "kept_image")
        return any(self[name].value() for name in names) or bool(
            set(self.errors) - {"start_ms", "title"}
        )

    @property
    def mark(self) -> ChapterMark:
        values = self.cleaned_data
        image = stored_name(self.image) if self.image else ""
        return ChapterMark(
            values["start_ms"], values["title"], values["url"], image, values["hidden"]
        )


class SeenForm(ManagementForm):
    """How many rows there are, and which list the page showed when it was opened."""

    SEEN = forms.CharField(required=False, widget=forms.HiddenInput)


class ChapterFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    instance: Episode

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._marks: list[ChapterMark] | None = None
        if not self.is_bound:
            self.initial_extra = [_initial(row) for row in self.stored]
            self.extra = len(self.stored)

    @cached_property
    def stored(self) -> list[Chapter]:
        return list(self.get_queryset())

    @cached_property
    def management_form(self) -> SeenForm:
        shown: dict[str, Any] = {"auto_id": self.auto_id, "prefix": self.prefix}
        if self.is_bound:
            form = SeenForm(self.data, **shown)
            form.full_clean()
            return form
        initial = {
            "TOTAL_FORMS": self.total_form_count(),
            "INITIAL_FORMS": 0,
            "MIN_NUM_FORMS": 0,
            "MAX_NUM_FORMS": self.max_num,
            "SEEN": fingerprint(marks_of(self.stored)),
        }
        return SeenForm(initial=initial, **shown)

    def initial_form_count(self) -> int:
        return 0

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for name in ("id", self.fk.name):
            del form.fields[name]
        form.known_images = self.known_images
        start = None if self.is_bound else form.initial.get("start_ms")
        if start is not None and is_beyond(start, self.duration_ms):
            form.remark = told(Remark(Lack.BEYOND_END))

    @cached_property
    def known_images(self) -> dict[int, Image]:
        """The pictures that the rows name, in one query."""
        if not self.is_bound:
            return {row.image.pk: row.image for row in self.stored if row.image}
        named = (
            number_in(value)
            for name, value in self.data.items()
            if name.startswith(f"{self.prefix}-") and name.endswith("-kept_image") and value
        )
        numbers = {number for number in named if number is not None}
        return Image.objects.in_bulk(numbers) if numbers else {}

    @property
    def rows(self) -> list[ChapterForm]:
        return cast("list[ChapterForm]", self.forms)

    # --- What the page shows besides --------------------------------------------------------------

    @property
    def spare_rows(self) -> list[ChapterForm]:
        total = self.total_form_count()
        return [self._construct_form(total + number) for number in range(SPARE_ROWS)]  # type: ignore[attr-defined]

    @property
    def total_with_spare(self) -> int:
        return self.total_form_count() + SPARE_ROWS

    @property
    def duration_ms(self) -> int | None:
        return self.instance.audio.duration_ms if self.instance.audio else None

    @property
    def advice(self) -> list[tuple[str, str]]:
        """What the stored list lacks, as code and sentence, named where it is about one chapter."""
        marks = marks_of(self.stored)
        found = remarks_on(marks, duration_ms=self.duration_ms)
        beyond = [
            (marks[each.row].start_ms, marks[each.row].title)
            for each in found
            if each.lack is Lack.BEYOND_END and each.row is not None
        ]
        advice = [
            (
                str(each.lack),
                told(each) if each.row is None else f"{marks[each.row].title}: {told(each)}",
            )
            for each in found
            if each.lack is not Lack.BEYOND_END
        ]
        if beyond and self.duration_ms is not None:
            sentences = say_beyond(beyond, duration_ms=self.duration_ms)
            advice.insert(0, (str(Lack.BEYOND_END), " ".join(sentences)))
        return advice

    # --- Checking and saving ----------------------------------------------------------------------

    def clean(self) -> None:
        self._keep_pictures()
        if any(self.errors):
            return
        rows = [
            form for form in self.rows if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        marks = [form.mark for form in rows]
        posted, stored = fingerprint(marks), fingerprint(marks_of(self.stored))
        seen = self.management_form.cleaned_data.get("SEEN") or stored
        if posted in {seen, stored}:
            return  # not touched here: what somebody else or the file has put there stays
        if seen != stored:
            self._put(f"{self.prefix}-SEEN", stored)
            raise self._collision()
        self._mark_rows(rows, marks)
        self._marks = marks

    def _collision(self) -> ValidationError:
        return ValidationError(
            ngettext(
                "The chapters were changed while you were editing: there is %(count)d now. Yours "
                "are below and not saved yet; saving again writes yours.",
                "The chapters were changed while you were editing: there are %(count)d now. Yours "
                "are below and not saved yet; saving again writes yours.",
                len(self.stored),
            ),
            code="collision",
            params={"count": len(self.stored)},
        )

    def _mark_rows(self, rows: list[ChapterForm], marks: list[ChapterMark]) -> None:
        kept = {row.start_ms for row in self.stored}
        for remark in refusals(marks, duration_ms=self.duration_ms, kept=kept):
            if remark.row is None:
                raise ValidationError(told(remark), code=str(remark.lack))
            field = "url" if "link" in remark.lack else "start_ms"
            rows[remark.row].add_error(field, ValidationError(told(remark), str(remark.lack)))

    def _keep_pictures(self) -> None:
        """Put a picture that came with the form into it, in case the page has to be shown again."""
        for form in self.rows:
            if picture := getattr(form, "cleaned_data", {}).get("picture"):
                form.known_images = {**form.known_images, picture.pk: picture}
                self._put(f"{form.prefix}-kept_image", token_of(picture))

    def _put(self, name: str, value: str) -> None:
        """Change what was posted, for the page that is shown again."""
        if isinstance(self.data, QueryDict):
            data = self.data.copy()
            data[name] = value
            self.data = self.management_form.data = data
            for form in self.forms:
                form.data = data

    def save(self, commit: bool = True) -> list[Chapter]:  # noqa: ARG002 - the admin always commits
        done = Replacement()
        if self._marks is not None:
            images = {stored_name(form.image): form.image for form in self.rows if form.image}
            done = replace_chapters(self.instance, self._marks, images=images)
        self.new_objects, self.changed_objects = done.added, done.changed
        self.deleted_objects = done.removed
        return [*done.added, *(row for row, _fields in done.changed)]


def _initial(row: Chapter) -> dict[str, Any]:
    return {
        "start_ms": row.start_ms,
        "title": row.title,
        "url": row.url,
        "hidden": row.hidden,
        "kept_image": token_of(row.image) if row.image else "",
    }


def with_images(rows: QuerySet[Chapter]) -> QuerySet[Chapter]:
    return rows.select_related("image").order_by("start_ms")
