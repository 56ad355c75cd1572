"""Keeping a way of looking at the list of actions, for oneself.

It says nothing about anybody's work, so no journal tells of it; what it shows is asked anew each time, as whoever looks
may see it then.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from actions.models import SavedView
from governance.errors import Absent, Conflict, Invalid
from governance.models import Person

MOST = 30
LONGEST_NAME, LONGEST_QUERY = 60, 1000


@transaction.atomic
def save(*, name: str, query: str, by: Person, now: datetime) -> SavedView:
    """Keep the address of a list under a name; one of that name then shows this. The query was checked by its form.

    Raises :class:`Invalid` at ``name`` or ``query``, and :class:`Conflict` when there are enough.
    """
    Person.objects.select_for_update().get(pk=by.pk)
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(_("Name the view, in at most %(n)d characters.") % {"n": LONGEST_NAME}, field="name")
    if not query or len(query) > LONGEST_QUERY:
        raise Invalid(_("Narrow or sort the list first; that is what a view keeps."), field="query")
    known = SavedView.objects.filter(person=by, name=name).first()
    if known is not None:
        known.query = query
        known.save(update_fields=["query"])
        return known
    if SavedView.objects.filter(person=by).count() >= MOST:
        raise Conflict(_("You keep %(n)d views already. Let one go first.") % {"n": MOST})
    return SavedView.objects.create(person=by, name=name, query=query, created_at=now)


def let_go(*, key: int, by: Person, now: datetime) -> None:
    """Keep a view no longer. Raises :class:`Absent` for one that is not ``by``'s."""
    if not SavedView.objects.filter(person=by, pk=key).delete()[0]:
        raise Absent(_("There is nothing here, or nothing that you may see."))
