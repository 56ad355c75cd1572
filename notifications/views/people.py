"""Who asks for a page."""

from typing import cast

from django.http import HttpRequest

from governance.models import Person


def viewer_of(request: HttpRequest) -> Person:
    """The signed-in person; only views behind ``login_required`` ask."""
    return cast(Person, request.user)
