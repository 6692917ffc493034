"""Deny by default: a view without a permission of its own answers nobody."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    # REST framework loads its settings, and so this module, while it builds APIView.
    from rest_framework.views import APIView


class Nobody(BasePermission):
    def has_permission(self, request: Request, view: "APIView") -> bool:  # noqa: ARG002
        return False
