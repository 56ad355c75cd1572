"""Which language the organisation has, and in which its papers are written."""

from governance.languages import spoken
from governance.models import Organisation


def of_the_organisation() -> str:
    """The language that the organisation chose; papers draw Chinese characters as that one writes them."""
    return Organisation.objects.values_list("language", flat=True).first() or "en"


def of_papers() -> str:
    """The language of what is written once for everybody: minutes, packs, what stands on an agenda by rule."""
    return spoken(of_the_organisation())
