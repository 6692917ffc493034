"""Users: invited by an owner, with a password that only they know."""

from typing import Any

from allauth.account.forms import ResetPasswordForm
from django import forms
from django.contrib import messages
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.models import User
from catalog.models import Membership
from desk.access import runs_everything
from desk.admin.base import DeskAdmin, PartInline
from desk.choices import TIME_ZONES
from desk.site import site


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=TIME_ZONES,
        initial="UTC",
        widget=UnfoldAdminSelectWidget({"data-guess-time-zone": ""}),
    )


class MembershipInline(PartInline, TabularInline):
    model = Membership
    autocomplete_fields = ["show"]
    verbose_name_plural = _("Shows and roles")


class UserAdmin(DeskAdmin):
    form = UserForm
    list_display = ["email", "name", "shows_count", "is_active", "is_superuser", "last_login"]
    search_fields = ["email", "name"]
    list_filter = ["is_active", "is_staff"]
    inlines = [MembershipInline]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": [("email", "name"), ("language", "time_zone")]}),
        (
            _("Access"),
            {
                "fields": ["is_active", "is_staff", "is_superuser", ("last_login", "date_joined")],
                "description": _(
                    "Roles are given per show below. “Superuser” means everything, on every show."
                ),
            },
        ),
    ]
    add_fieldsets = [
        (
            None,
            {
                "fields": [("email", "name"), ("language", "time_zone")],
                "description": _(
                    "The person gets a link by mail and chooses a password. "
                    "Give them a role on a show below."
                ),
            },
        )
    ]

    class Media:
        js = ["desk/time_zone.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows: QuerySet[User] = super().get_queryset(request)
        return rows.annotate(shows=Count("memberships"))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        obj.is_staff = True
        obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        self._invite(request, obj)

    def _invite(self, request: HttpRequest, user: User) -> None:
        """Mail the link with which the person chooses a password."""
        invitation = ResetPasswordForm(data={"email": user.email})
        if invitation.is_valid():
            invitation.save(request)
            text = _("A link to choose a password is on its way to %(email)s. It works for 3 days.")
            messages.info(request, text % {"email": user.email})

    @display(description=_("shows"), ordering="shows")
    def shows_count(self, user: User) -> int:
        return int(getattr(user, "shows", 0))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return runs_everything(request)

    has_change_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return runs_everything(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Accounts are switched off, so that the record of who did what keeps its names."""
        return False


site.register(User, UserAdmin)
