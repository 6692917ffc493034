"""`/api/v1/`. Paths have no slash at the end; ids are the opaque `uid`s, never database keys."""

from django.urls import path, re_path

from api.views.documentation import (
    DocumentationPage,
    NothingHere,
    ProblemsPage,
    SchemaJson,
    SchemaYaml,
)
from api.views.episodes import EpisodeDetail, EpisodeList
from api.views.part_uploads import (
    EpisodePartUpload,
    EpisodePartUploadCompletion,
    EpisodePartUploads,
)
from api.views.people import PersonDetail, PersonList
from api.views.shows import ShowDetail, ShowList
from api.views.uploads import EpisodeUpload, EpisodeUploads

app_name = "api"
urlpatterns = [
    path("shows", ShowList.as_view(), name="shows"),
    path("shows/<uuid:uid>", ShowDetail.as_view(), name="show"),
    path("episodes", EpisodeList.as_view(), name="episodes"),
    path("episodes/<uuid:uid>", EpisodeDetail.as_view(), name="episode"),
    path("episodes/<uuid:uid>/uploads", EpisodeUploads.as_view(), name="uploads"),
    path("episodes/<uuid:uid>/uploads/<uuid:upload_uid>", EpisodeUpload.as_view(), name="upload"),
    path("episodes/<uuid:uid>/part-uploads", EpisodePartUploads.as_view(), name="part-uploads"),
    path(
        "episodes/<uuid:uid>/part-uploads/<uuid:upload_uid>",
        EpisodePartUpload.as_view(),
        name="part-upload",
    ),
    path(
        "episodes/<uuid:uid>/part-uploads/<uuid:upload_uid>/complete",
        EpisodePartUploadCompletion.as_view(),
        name="part-upload-complete",
    ),
    path("people", PersonList.as_view(), name="people"),
    path("people/<uuid:uid>", PersonDetail.as_view(), name="person"),
    path("", DocumentationPage.as_view(), name="docs"),
    path("problems", ProblemsPage.as_view(), name="problems"),
    path("openapi.yaml", SchemaYaml.as_view(), name="schema"),
    path("openapi.json", SchemaJson.as_view(), name="schema-json"),
    re_path(r"^.*$", NothingHere.as_view()),
]
