from catalog.models.images import Image
from catalog.models.memberships import Membership
from catalog.models.organisations import Affiliation, Organisation
from catalog.models.people import Person, PersonLink, PersonName
from catalog.models.rhythm import Cadence
from catalog.models.shows import Hosting, Partnership, Show, ShowLink
from catalog.models.topics import Topic

__all__ = [
    "Affiliation",
    "Cadence",
    "Hosting",
    "Image",
    "Membership",
    "Organisation",
    "Partnership",
    "Person",
    "PersonLink",
    "PersonName",
    "Show",
    "ShowLink",
    "Topic",
]
