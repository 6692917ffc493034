"""The page behind the one-time link: it makes the first owner and signs them in."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import login, password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.first_owner import SetupLinkRefused, check_setup_token, create_first_owner
from accounts.models import User
from desk.choices import TIME_ZONES


class OwnerForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"), max_length=128, widget=forms.TextInput({"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput({"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=password_validation.password_validators_help_text_html(),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=TIME_ZONES,
        initial="UTC",
        widget=forms.Select({"data-guess-time-zone": ""}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password"):
            user = User(email=cleaned.get("email", ""), name=cleaned.get("name", ""))
            try:
                password_validation.validate_password(cleaned["password"], user)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        check_setup_token(token, at=now)
        form = OwnerForm(request.POST or None, initial={"language": "en"})
        if form.is_valid():
            owner = _make_owner(token, form)
            login(request, owner, backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect("admin:index")
    except SetupLinkRefused as refusal:
        return render(request, "account/setup.html", {"refusal": str(refusal)}, status=404)
    return render(request, "account/setup.html", {"form": form})


@transaction.atomic
def _make_owner(token: str, form: OwnerForm) -> User:
    values = form.cleaned_data
    owner = create_first_owner(
        token,
        email=values["email"],
        name=values["name"],
        password=values["password"],
        at=timezone.now(),
    )
    owner.language, owner.time_zone = values["language"], values["time_zone"]
    owner.full_clean()
    owner.save(update_fields=["language", "time_zone"])
    return owner
