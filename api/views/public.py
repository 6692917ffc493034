"""What all public reading has in common: the moment, known parameters, validators, freshness."""

from datetime import datetime
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from api.conditional import make_conditional
from api.pagination import PAGE_PARAMETERS, Ordering
from episodes.freshness import max_age


class PublicView(GenericAPIView[Any]):
    """Answers anyone. `self.at` is the one moment that all parts of an answer agree on."""

    permission_classes = [AllowAny]
    lookup_field = "uid"

    @cached_property
    def at(self) -> datetime:
        return timezone.now()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self._refuse_unknown_parameters(request)

    def known_parameters(self) -> frozenset[str]:
        return frozenset()

    def _refuse_unknown_parameters(self, request: Request) -> None:
        """A misspelt filter that is ignored would be the answer to another question."""
        known = self.known_parameters()
        allowed = f"Known are {', '.join(sorted(known))}." if known else "None is known here."
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            raise ValidationError(dict.fromkeys(unknown, f"Unknown parameter. {allowed}"))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "at": self.at}

    def keep_briefly(self, request: Request, response: Response) -> Response:
        scope = "public" if request.auth is None else "private"
        response["Cache-Control"] = f"{scope}, max-age={max_age(self.at)}"
        return response

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(answer, ["Authorization"])
        if (allowance := getattr(request, "allowance", None)) is not None:
            for name, value in allowance.headers().items():
                answer[name] = value
        if answer.status_code == 200:
            answer.add_post_render_callback(self._make_conditional)
        return answer

    def _make_conditional(self, response: Response) -> HttpResponseBase:
        return make_conditional(self.request._request, response)  # noqa: SLF001 - the HttpRequest


class ListView(PublicView, ListAPIView[Any]):
    """A cursor-paged list; `sorts` names the orders that may be asked for, the default first."""

    sorts: dict[str, Ordering]
    filterset_class: Any

    def known_parameters(self) -> frozenset[str]:
        return PAGE_PARAMETERS | frozenset(self.filterset_class.base_filters)

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.keep_briefly(request, super().get(request, *args, **kwargs))


class DetailView(PublicView, RetrieveAPIView[Any]):
    filter_backends: list[Any] = []

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.keep_briefly(request, super().get(request, *args, **kwargs))
