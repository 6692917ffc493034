"""Who did what on an episode, as of that episode."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Organisation, Person
from catalog.roles import GROUP_OF_ROLE, GUEST_ROLE, ROLE_CHOICES
from episodes.models.episodes import Episode
from episodes.querysets import CreditQuerySet


class Credit(models.Model):
    """A person's part in an episode.

    `name`, `title` and `organisation_name` are copies: proposed from the person's affiliation on
    the day, frozen by the release, so that a later change of jobs rewrites no old episode.
    """

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="credits")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="credits", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=32, choices=ROLE_CHOICES, default=GUEST_ROLE)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    name = models.CharField(
        _("name as credited"),
        max_length=128,
        blank=True,
        help_text=_("Left empty, the person's name is used."),
    )
    title = models.CharField(
        pgettext_lazy("of a person", "title"),
        max_length=200,
        blank=True,
        help_text=_("What they do at the time of the episode."),
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="credits",
        verbose_name=_("organisation"),
    )
    organisation_name = models.CharField(
        _("organisation's name at the time"), max_length=200, blank=True, editable=False
    )
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True, editable=False)

    objects = CreditQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "person", "role"],
                name="episodes_credit_once_per_role",
                violation_error_message=_("This person has this role on the episode already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.credited_name} ({self.role})"

    @property
    def credited_name(self) -> str:
        return self.name or self.person.name

    @property
    def credited_organisation(self) -> str:
        if self.frozen_at is not None or self.organisation is None:
            return self.organisation_name
        return self.organisation.name

    @property
    def affiliation(self) -> str:
        """Return "title, organisation", or the one of the two that there is."""
        return ", ".join(part for part in (self.title, self.credited_organisation) if part)

    @property
    def group(self) -> str:
        """Return the role's group in the podcast taxonomy, as podcast:person wants it."""
        return GROUP_OF_ROLE[self.role]
