"""A cadence said in words with its next dates, saved or still being typed."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from catalog.cadence import CadenceRule, InvalidRule
from catalog.models import Cadence
from desk.choices import TIME_ZONES
from desk.templatetags.desk import moment

DATES = 6


def describe_cadence(cadence: Cadence, *, now: datetime | None, language: str) -> SafeString | str:
    """Say the rule and, where `now` is given, the dates that follow it."""
    if not (cadence.rrule and cadence.starts_on and cadence.release_time and cadence.time_zone):
        return _("Fill in rule, first date, time and zone: the next dates appear here.")
    return describe_rule(cadence.rule, now=now, language=language)


def describe_rule(rule: CadenceRule, *, now: datetime | None, language: str) -> SafeString | str:
    try:
        rule.check()
        words = rule.describe(language)
        if now is None:
            return words
        dates = rule.next_dates(now, DATES)
    except InvalidRule as error:
        return str(error)
    listed = format_html_join(
        "", "<li>{}</li>", ((moment(each, rule.time_zone),) for each in dates)
    )
    return format_html('<div><p class="desk-strong">{}</p><ul>{}</ul></div>', words, listed)


class PreviewForm(forms.Form):
    rrule = forms.CharField(max_length=200)
    starts_on = forms.DateField()
    release_time = forms.TimeField()
    time_zone = forms.ChoiceField(choices=TIME_ZONES)
    ends_on = forms.DateField(required=False)


@require_GET
def preview_cadence(request: HttpRequest) -> HttpResponse:
    form = PreviewForm(request.GET)
    if not form.is_valid():
        return HttpResponse(
            _("Fill in rule, first date, time and zone: the next dates appear here.")
        )
    rule = _rule(**form.cleaned_data)
    return HttpResponse(describe_rule(rule, now=timezone.now(), language=get_language() or "en"))


def _rule(
    *, rrule: str, starts_on: date, release_time: time, time_zone: str, ends_on: Any
) -> CadenceRule:
    return CadenceRule(
        rrule=rrule,
        start=datetime.combine(starts_on, release_time),
        time_zone=time_zone,
        until=ends_on,
    )
