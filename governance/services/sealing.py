"""The sealer: appends to the chain what the journal recorded, apart from the transactions that recorded it.

A transaction leaves its entry in the queue ``Unsealed`` and never waits for the chain. The sealer empties the queue in
batches; seals are numbered from 1 without a gap, by the sealer alone, so that a missing one shows.
"""

import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from governance.chain import Head, link
from governance.models import Seal, Unsealed
from governance.queries import chain as queries
from governance.sql import chain as sql

BATCH = 500


def seal(now: datetime, *, limit: int = BATCH) -> int:
    """Seal what waits, ``limit`` entries to a transaction. Returns how many; 0 while another sealer is at it."""
    sealed = 0
    while Unsealed.objects.exists():
        done = _seal_batch(now, limit)
        sealed += done
        if not done:
            break
    return sealed


@transaction.atomic
def _seal_batch(now: datetime, limit: int) -> int:
    if not sql.take():
        return 0
    keys = list(Unsealed.objects.order_by("pk").values_list("pk", flat=True)[:limit])
    known = set(Seal.objects.filter(entry__in=keys).values_list("entry_id", flat=True))
    last = Seal.objects.order_by("-pk").first()
    number, previous = (last.pk, last.digest) if last is not None else (0, "")
    seals = []
    for said in queries.said([key for key in keys if key not in known]):
        digest = link(previous, said, settings.JOURNAL_KEY)
        seals.append(
            Seal(pk=number + 1, entry_id=said.entry_id, previous_id=number or None, digest=digest, sealed_at=now)
        )
        number, previous = number + 1, digest
    Seal.objects.bulk_create(seals)
    Unsealed.objects.filter(pk__in=keys).delete()
    return len(keys)


def let_head_leave(now: datetime) -> Head | None:
    """Write the end of the chain into the file of heads, once a day (UTC). None when it has left, or there is none.

    The file is only ever appended to. Whoever can change the database may not be able to change this file too: keep it,
    or the copy that is mailed, out of reach of the database's administrators.
    """
    left = queries.last_head()
    if left is not None and left.at.date() >= now.date():
        return None
    head = queries.head(now)
    if head is None:
        return None
    path = Path(settings.JOURNAL_HEADS)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    opened = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(opened, "a") as kept:
        kept.write(head.written() + "\n")
        kept.flush()
        os.fsync(kept.fileno())
    return head
