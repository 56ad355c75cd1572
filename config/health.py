"""Two probes. Neither says more than whether to restart this process, or whether to send it traffic."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications.queries import outbox


@require_safe
@never_cache
def livez(request: HttpRequest) -> JsonResponse:
    """This process answers. It asks nothing else: a database that is away is no reason to restart the web."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers and has every migration of this release, and what is due is being handed over.

    The broker may be away: the sweep does without. Where nothing was handed over for five minutes that is said, and
    nothing of what waits.
    """
    failed: list[str] = []
    why = ""
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            failed.append("migrations")
        else:
            now = timezone.now()
            since = outbox.due_since(now)
            if since is not None and now - since > outbox.UNREADY:
                failed.append("outbox")
                minutes = int((now - since).total_seconds() // 60)
                why = f"The oldest due message waits for {minutes} minutes. Is the sweep running?"
    except DatabaseError:
        failed.append("database")
    if failed:
        return JsonResponse({"status": "unavailable", "failed": failed, "reason": why}, status=503)
    return JsonResponse({"status": "ok"})
