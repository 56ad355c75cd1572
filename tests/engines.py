"""What differs between a run on SQLite, which tries everything, and one on PostgreSQL, a real server."""

from django.conf import settings


def examples(many: int) -> int:
    """How many random examples are tried: all on SQLite; on PostgreSQL a third, for what the engine can change."""
    return max(3, many // 3) if "postgresql" in settings.DATABASES["default"]["ENGINE"] else many
