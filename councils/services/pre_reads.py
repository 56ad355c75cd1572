"""What is read before a meeting takes an item up: attached by whoever prepares it, or introduces it."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import access as council_access
from councils.models import AgendaItem, ItemState, PreRead
from councils.services import agenda
from governance import access, events
from governance.errors import Conflict, Invalid, Refused
from governance.models import Person
from governance.services import journal

ATTACHED = events.declare(
    "councils.pre_read.attached",
    says=gettext_lazy("{by} attached something to read beforehand to “{subject}”: {text}"),
    by_people=True,
)  # fmt: skip
TAKEN_OFF = events.declare(
    "councils.pre_read.taken_off", says=gettext_lazy("{by} took off what was to be read for “{subject}”: {text}"),
    by_people=True,
)  # fmt: skip
MOST = 10
LONGEST = 10_000
_is_address = URLValidator(schemes=["http", "https"])


def may_attach(item: AgendaItem, person: Person, now: datetime) -> bool:
    """Whether ``person`` prepares the council's agenda, or introduces this item."""
    leads = item.lead_id is not None and access.holds(person, item.lead_id, now)
    return leads or access.may(person, council_access.PREPARE, item.council, now)


@transaction.atomic
def attach(*, item: AgendaItem, title: str, by: Person, now: datetime, link: str = "", text: str = "") -> PreRead:
    """Attach a link, or words. Raises :class:`Invalid` at the field, :class:`Refused` for anybody else."""
    _require(item, by, now)
    item = agenda.locked(item)
    title, link, text = " ".join(title.split()), link.strip(), text.strip()
    if not title or len(title) > 150:
        raise Invalid(_("Name it, in at most %(n)d characters.") % {"n": 150}, field="title")
    if not link and not text:
        raise Invalid(_("Give a link, or write what is to be read."), field="link")
    if link:
        try:
            _is_address(link)
        except ValidationError as error:
            raise Invalid(_("Give a whole address, beginning with https://."), field="link") from error
        if len(link) > 500:
            raise Invalid(_("Give an address of at most %(n)d characters.") % {"n": 500}, field="link")
    if len(text) > LONGEST:
        raise Invalid(_("Say it in %(n)d characters at most.") % {"n": LONGEST}, field="text")
    if PreRead.objects.filter(item=item, taken_off_at=None).count() >= MOST:
        raise Conflict(_("At most %(n)d things are read beforehand. Take one off first.") % {"n": MOST})
    made = PreRead.objects.create(item=item, title=title, link=link, text=text, by=by, at=now)
    journal.record(ATTACHED, subject=item.subject, by=by, now=now, text=title)
    return made


@transaction.atomic
def take_off(*, pre_read: PreRead, by: Person, now: datetime) -> PreRead:
    """Take it off again; taken off twice it is taken off once."""
    _require(pre_read.item, by, now)
    agenda.locked(pre_read.item)
    pre_read.refresh_from_db()
    if pre_read.taken_off_at is None:
        pre_read.taken_off_at = now
        pre_read.save(update_fields=["taken_off_at"])
        journal.record(TAKEN_OFF, subject=pre_read.item.subject, by=by, now=now, text=pre_read.title)
    return pre_read


def _require(item: AgendaItem, by: Person, now: datetime) -> None:
    if not may_attach(item, by, now):
        access.require(by, council_access.VIEW, item.council, now)
        raise Refused(_("Whoever prepares the agenda, or introduces the item, attaches what is read for it."))
    if item.state != ItemState.OPEN:
        raise Conflict(_("This item is %(state)s already.") % {"state": ItemState(item.state).label})
