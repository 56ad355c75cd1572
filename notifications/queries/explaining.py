"""Why did I get this? A sentence each for rule, day, capacity and hours, with links, to the reader alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import access
from governance.clauses import COUNCIL, HEAD, OWNER, SPONSOR, WARNING
from governance.errors import Absent
from governance.models import Person, Seat
from governance.queries import journal
from notifications import links
from notifications.explaining import Capacity, is_owed
from notifications.kinds import OF_RUNGS, OF_THE_DOOR, Kind
from notifications.models import Channel, Delivery, Message
from notifications.reach import DAILY, WEEKLY

RUNG_OF = {
    OWNER: gettext_lazy("reminds whoever owes it"),
    WARNING: gettext_lazy("warns whoever owes it before anybody is asked for help"),
    HEAD: gettext_lazy("asks the department head for help"),
    SPONSOR: gettext_lazy("asks the sponsor for help"),
    COUNCIL: gettext_lazy("puts it onto the council's agenda"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence, and where more stands; ``link`` is empty where there is no more."""

    about: str
    text: str
    link: str = ""
    call: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one message reached one person. ``stored`` is what was kept at hand-over."""

    message: Message
    reference: str
    title: str
    url: str
    reasons: Sequence[Reason]
    stored: Mapping[str, Any]
    is_owed: bool
    """Asks its reader for something: it is said whatever is muted."""

    @property
    def sentence(self) -> str:
        return " ".join(reason.text for reason in self.reasons)


def why(viewer: Person, message_id: int, now: datetime) -> Explanation:
    """Why ``viewer`` got a message. Raises :class:`Absent` for one they did not get, or whose subject is hidden."""
    deliveries = list(
        Delivery.objects.filter(message_id=message_id, person=viewer)
        .select_related("message__subject", "message__duty__charter_version__charter", "message__entry")
        .order_by("handed_at", "pk")
    )
    if not deliveries or not access.may_see(viewer, deliveries[0].message.subject_id, now):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    message = deliveries[0].message
    stored: Mapping[str, Any] = next((delivery.why for delivery in deliveries if delivery.why), {})
    reasons = [_rule(message, stored, viewer, now), _capacity(stored, viewer, now)]
    if stored.get("due_on"):
        reasons.insert(1, _day(stored["due_on"]))
    reasons += [_hours(delivery, viewer) for delivery in deliveries]
    return Explanation(
        message=message,
        reference=message.subject.reference,
        title=message.subject.title,
        url=links.path_of(message.subject.kind, message.subject.reference),
        reasons=[reason for reason in reasons if reason.text],
        stored=stored,
        is_owed=is_owed(message.kind, has_duty=message.duty_id is not None),
    )


def _rule(message: Message, stored: Mapping[str, Any], viewer: Person, now: datetime) -> Reason:
    about = _("The rule")
    if message.kind in OF_RUNGS and message.duty is not None:
        does = RUNG_OF.get(stored.get("target") or message.facts.get("target", ""), gettext_lazy("reminds"))
        text = _("Rung %(number)s of its ladder fell, which %(does)s.") % {
            "number": stored.get("position") or message.facts.get("position", "?"),
            "does": does,
        }
        charter = message.duty.charter_version.charter
        if access.may_see(viewer, charter.pk, now):
            link = links.path_of("charter", charter.reference)
            return Reason(about, text, link, _("The charter that sets the ladder"))
        return Reason(about, text)
    if message.entry is not None and message.kind != Kind.FOLLOWED:
        said = journal.sentences([message.entry], viewer, now)
        if said:
            text = _("It happened that: %(sentence)s.") % {"sentence": said[0].text.rstrip(".")}
            return Reason(about, text, said[0].path, _("Where it happened"))
    if message.entry is not None:
        return Reason(about, _("Something happened to it, and you follow it."))
    return Reason(about, _("Somebody asked that it be sent to you."))


def _day(due_on: str) -> Reason:
    day = date_format(date.fromisoformat(due_on), _("D j M Y"))
    return Reason(_("The day"), _("It was about what is due on %(day)s.") % {"day": day})


def _capacity(stored: Mapping[str, Any], viewer: Person, now: datetime) -> Reason:
    about = _("You")
    seat = Seat.objects.select_related("subject").filter(pk=stored.get("seat") or 0).first()
    name, link = _("a seat"), ""
    if seat is not None and access.may_see(viewer, seat.pk, now):
        name, link = seat.subject.title, links.path_of("seat", seat.subject.reference)
    texts = {
        Capacity.HOLDER: _("You got it as the holder of %(seat)s."),
        Capacity.DEPUTY: _("You got it as the deputy of %(seat)s: its holder did not answer for it that day."),
        Capacity.FILLER: _("You got it because nobody answered for %(seat)s that day, and you are the next in line."),
        Capacity.NAMED: _("You got it because you were named."),
        Capacity.PART: _("You got it because part of the work is yours."),
        Capacity.FOLLOWER: _("You got it because you follow it."),
        Capacity.ONESELF: _("You got it because it is addressed to you."),
    }
    text = texts.get(stored.get("capacity", ""), "")
    return Reason(
        about, text % {"seat": name} if text else "", link if "%(seat)s" in text else "", name if link else ""
    )


def _hours(delivery: Delivery, viewer: Person) -> Reason:
    window = delivery.why.get("window") or {}
    zone = ZoneInfo(window.get("zone") or viewer.zone)
    moment = date_format(delivery.handed_at.astimezone(zone), _("D j M Y, H:i"))
    if delivery.channel == Channel.INBOX:
        return Reason(_("The inbox"), _("It was put into your inbox on %(moment)s, at once.") % {"moment": moment})
    about = _("The mail")
    hours = reverse("notifications:preferences")
    if delivery.error:
        text = _("It was not mailed: the mail server said “%(words)s”.") % {"words": delivery.error}
        return Reason(about, text)
    if delivery.message.kind in OF_THE_DOOR:
        return Reason(about, _("It was mailed on %(moment)s: it waits for nobody's hours.") % {"moment": moment})
    if window.get("urgent"):
        text = _(
            "It was mailed on %(moment)s: it is urgent by its rule, so it did not wait for the digest, only for the"
            " hours in which you may be mailed: from %(from)s to %(until)s, %(zone)s."
        )
    elif window.get("cadence") in (DAILY, WEEKLY):
        text = _(
            "It was mailed on %(moment)s, with your digest: you may be mailed from %(from)s to %(until)s, %(zone)s, and"
            " your digest comes a little after %(digest)s."
        )
    else:
        text = _(
            "It was mailed on %(moment)s, in the hours in which you may be mailed: from %(from)s to %(until)s,"
            " %(zone)s."
        )
    values = {
        "moment": moment,
        "from": window.get("from", "?"),
        "until": window.get("until", "?"),
        "zone": window.get("zone", ""),
        "digest": f"{window.get('digest', '?')}:00",
    }
    return Reason(about, text % values, hours, _("How I am reached"))
