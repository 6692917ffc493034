"""Fields that people read and the database counts."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from episodes.chapters.marks import LATEST_MS
from episodes.chapters.times import format_time, parse_time


class TimecodeField(forms.CharField):
    """Milliseconds, written as 75, 1:15 or 1:02:03.5 and shown as 1:02:03.500."""

    default_error_messages = {
        "timecode": _("Write the time as 12:30, 1:02:05 or 1:02:05.250."),
        "far": _("This is beyond any audio."),
    }

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        milliseconds = parse_time(str(text))
        if milliseconds is None:
            raise ValidationError(self.error_messages["timecode"], code="timecode")
        if milliseconds > LATEST_MS:
            raise ValidationError(self.error_messages["far"], code="far")
        return milliseconds

    def prepare_value(self, value: Any) -> Any:
        return format_time(value) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True
