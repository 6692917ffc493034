"""Fields that people read and the database counts."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from desk.templatetags.desk import duration

_TIMECODE = re.compile(r"^(?:(?:(\d{1,3}):)?([0-5]?\d):)?([0-5]?\d|\d+)(?:[.,](\d{1,3}))?$")


class TimecodeField(forms.CharField):
    """Milliseconds, written as 1:02:05 or 12:30 or 45."""

    default_error_messages = {"timecode": _("Write the time as 12:30 or 1:02:05.")}

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        match = _TIMECODE.match(str(text))
        if match is None:
            raise ValidationError(self.error_messages["timecode"], code="timecode")
        hours, minutes, seconds, fraction = match.groups()
        whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds)
        return whole * 1000 + int((fraction or "").ljust(3, "0"))

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        rest = value % 1000
        return duration(value - rest) + (f".{rest:03}".rstrip("0") if rest else "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True
