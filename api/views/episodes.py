from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view

from api.filters import EpisodeFilter
from api.serializers.episodes import EpisodeListItemSerializer, EpisodeSerializer
from api.views.public import DetailView, ListView
from episodes.models import Chapter, Episode, Transcript


@extend_schema_view(
    get=extend_schema(
        operation_id="listEpisodes",
        summary="List live episodes",
        description=(
            "Newest first, across all public shows. Filters combine: each narrows the list.\n\n"
            "An episode is here from the second of its release on, and never before."
        ),
        tags=["Episodes"],
    )
)
class EpisodeList(ListView):
    serializer_class = EpisodeListItemSerializer
    filterset_class = EpisodeFilter
    sorts = {
        "-published_at": ("-release_at", "uid"),
        "published_at": ("release_at", "uid"),
        "title": ("title", "uid"),
        "-title": ("-title", "uid"),
    }

    def get_queryset(self) -> QuerySet[Episode]:
        return (
            Episode.objects.live(self.at)
            .select_related("show__artwork", "artwork", "audio")
            .with_people()
            .prefetch_related("topics")
        )


@extend_schema_view(
    get=extend_schema(
        operation_id="getEpisode",
        summary="Get one episode, whole",
        description=(
            "Everything that an episode screen shows, in one answer: notes in three forms, credits "
            "as of the episode, audio, chapters, transcripts, corrections and partners."
        ),
        tags=["Episodes"],
    )
)
class EpisodeDetail(DetailView):
    serializer_class = EpisodeSerializer

    def get_queryset(self) -> QuerySet[Episode]:
        return (
            Episode.objects.live(self.at)
            .select_related("show__artwork", "artwork", "audio")
            .with_people()
            .prefetch_related(
                "show__cadences",
                "topics",
                "soundbites",
                "corrections",
                Prefetch("chapters", Chapter.objects.select_related("image")),
                # The words themselves are served elsewhere and can be a megabyte.
                Prefetch("transcripts", Transcript.objects.defer("vtt")),
                "transcripts__speakers",
                "credits__person__names",
            )
        )
