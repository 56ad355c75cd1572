"""Which messages bring a link that answers. Loaded when the program starts."""

from notifications.kinds import Kind
from notifications.services.offers import offer

offer(Kind.ASKED, "accept", "decline")
for kind in (Kind.CHAMPION, Kind.HEAD, Kind.SPONSOR, Kind.CHAIR, Kind.HELP_WANTED):
    offer(kind, "help")
