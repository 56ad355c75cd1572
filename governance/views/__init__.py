"""Pages of governance: HTTP in, queries and services, HTTP out."""

from typing import cast

from django.http import HttpRequest

from governance.models import Person


def asker(request: HttpRequest) -> Person:
    """Who asks; behind ``login_required``, where it is always somebody."""
    return cast(Person, request.user)
