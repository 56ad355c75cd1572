"""In which language our words are written for somebody: the one they chose where a catalogue of ours is there.

A person and the organisation may have any of ``settings.LANGUAGES``; names and texts of people are in whichever they
write. Our own words are in a language only once ``locale/<code>/LC_MESSAGES/django.mo`` is there below
``LOCALE_PATHS``. Without one Django would put its own words in that language among ours in English, and pages would
say of English that it is Chinese. Pure but for the look at the disk.
"""

from pathlib import Path

from django.conf import settings
from django.utils.translation import to_locale


def spoken(language: str | None) -> str:
    """The language in which words are written for whoever chose ``language``: that one, or English.

    For ``translation.override`` and ``lang`` attributes; nothing else decides in which language anybody is spoken to.
    """
    return language if language in dict(settings.LANGUAGES) and _is_there(language) else settings.LANGUAGE_CODE


def offered() -> list[tuple[str, str]]:
    """The languages that pages, mails and papers can be in, English first: ``(code, name)``."""
    return [(code, str(name)) for code, name in settings.LANGUAGES if _is_there(code)]


def _is_there(language: str) -> bool:
    if language == settings.LANGUAGE_CODE:
        return True
    below = Path(to_locale(language), "LC_MESSAGES", "django.mo")
    return any(Path(folder, below).is_file() for folder in settings.LOCALE_PATHS)
