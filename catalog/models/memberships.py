"""Who does what on which show."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.shows import Show


class Membership(models.Model):
    """A user's role on one show."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        EDITOR = "editor", _("Editor")
        PRODUCER = "producer", _("Producer")
        REVIEWER = "reviewer", _("Reviewer")
        ANALYST = "analyst", _("Analyst")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="memberships",
        verbose_name=_("user"),
    )
    show = models.ForeignKey(
        Show, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("show")
    )
    role = models.CharField(_("role"), max_length=16, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["show", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "show"],
                name="catalog_membership_once_per_show",
                violation_error_message=_("This user has a role on this show already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.show}"
