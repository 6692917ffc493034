"""Which records of the catalog the world may see, because something live names them."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog.models import Hosting, Person
from episodes.models import Credit, Episode


def public_people(at: datetime) -> QuerySet[Person]:
    """Return the people credited on something live, or hosting a public show by the day of `at`.

    Somebody who is only in a draft, or announced as a later host, is nobody's business yet.
    """
    live = Episode.objects.live(at).values("pk")
    credited = Credit.objects.filter(person=OuterRef("pk"), episode__in=live)
    hosting = Hosting.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=at.date()),
        person=OuterRef("pk"),
        show__is_public=True,
    )
    return Person.objects.filter(Exists(credited) | Exists(hosting))
