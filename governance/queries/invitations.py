"""Who has never signed in, and who of them has an invitation. For whoever places people, and nobody else."""

from datetime import datetime, timedelta

from django.db.models import BooleanField, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import ExpressionWrapper

from governance.models import Button, Person
from governance.queries.sheets import require_placing

INVITE = "invite"

RESET_WITHIN = timedelta(hours=1)
"""How long a link for a new password is good; its mail is not sent any more when it was asked for longer ago."""

NO_PASSWORD = "!"  # noqa: S105 - what Django puts before a password that opens nothing


def never_signed_in(viewer: Person, now: datetime) -> QuerySet[Person]:
    """Active people who never signed in, each with ``invited_until`` (None: no open invitation) and ``may_be_invited``.

    Raises :class:`Refused` for who does not place people.
    """
    require_placing(viewer, now)
    open_ones = Button.objects.filter(person=OuterRef("pk"), purpose=INVITE, ended_at=None, expires_at__gt=now)
    return (
        Person.objects.filter(is_active=True, last_login=None)
        .annotate(
            invited_until=Subquery(open_ones.order_by("-expires_at").values("expires_at")[:1]),
            may_be_invited=ExpressionWrapper(Q(password__startswith=NO_PASSWORD), output_field=BooleanField()),
        )
        .order_by("name", "pk")
    )
