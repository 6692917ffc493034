"""The description of the API and the pages that show it; nothing is loaded from elsewhere."""

from typing import Any

from django.views.generic import TemplateView
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularYAMLAPIView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from api.problems import PROBLEMS


class SchemaYaml(SpectacularYAMLAPIView):
    permission_classes = [AllowAny]


class SchemaJson(SpectacularJSONAPIView):
    permission_classes = [AllowAny]


class DocumentationPage(TemplateView):
    """Swagger UI from our own static files, with a try-it form."""

    template_name = "api/docs.html"


class ProblemsPage(TemplateView):
    """What each problem `type` means; the addresses in errors lead here."""

    template_name = "api/problems.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(problems=PROBLEMS.values(), **kwargs)


@extend_schema(exclude=True)
class NothingHere(APIView):
    """Every other address under /api/v1/, so that errors have one shape everywhere."""

    permission_classes = [AllowAny]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound
