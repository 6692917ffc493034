from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view

from api.filters import ShowFilter
from api.serializers.shows import ShowListItemSerializer, ShowSerializer
from api.views.public import DetailView, ListView
from catalog.models import Show


@extend_schema_view(
    get=extend_schema(
        operation_id="listShows",
        summary="List public shows",
        description="By title.",
        tags=["Shows"],
    )
)
class ShowList(ListView):
    serializer_class = ShowListItemSerializer
    filterset_class = ShowFilter
    sorts = {
        "title": ("title", "uid"),
        "-title": ("-title", "uid"),
        "created_at": ("created_at", "uid"),
        "-created_at": ("-created_at", "uid"),
    }

    def get_queryset(self) -> QuerySet[Show]:
        return Show.objects.public().select_related("artwork")


@extend_schema_view(
    get=extend_schema(
        operation_id="getShow",
        summary="Get one show",
        description=(
            "With its rhythm and the next dates that it promises, its standing hosts and its "
            "partners of today."
        ),
        tags=["Shows"],
    )
)
class ShowDetail(DetailView):
    serializer_class = ShowSerializer

    def get_queryset(self) -> QuerySet[Show]:
        return Show.objects.public().select_related("artwork").prefetch_related("links", "cadences")
