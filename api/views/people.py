from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view

from api.filters import PersonFilter
from api.serializers.people import PersonListItemSerializer, PersonSerializer
from api.views.public import DetailView, ListView
from catalog.models import Affiliation, Person
from episodes.visibility import public_people


@extend_schema_view(
    get=extend_schema(
        operation_id="listPeople",
        summary="List hosts, guests and everyone else who is credited",
        description=(
            "By sort name. Only people who are credited on something live, or host a public show."
        ),
        tags=["People"],
    )
)
class PersonList(ListView):
    serializer_class = PersonListItemSerializer
    filterset_class = PersonFilter
    sorts = {"name": ("sort_name", "uid"), "-name": ("-sort_name", "uid")}

    def get_queryset(self) -> QuerySet[Person]:
        return public_people(self.at).select_related("photo").prefetch_related("names")


@extend_schema_view(
    get=extend_schema(
        operation_id="getPerson",
        summary="Get one person",
        description="With all spellings of the name, and affiliations with their dates.",
        tags=["People"],
    )
)
class PersonDetail(DetailView):
    serializer_class = PersonSerializer

    def get_queryset(self) -> QuerySet[Person]:
        affiliations = Affiliation.objects.select_related("organisation")
        return (
            public_people(self.at)
            .select_related("photo")
            .prefetch_related("names", "links", Prefetch("affiliations", affiliations))
        )
