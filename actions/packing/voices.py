"""What customers said, in their words: of themes that all readers may see, and never with a name."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from actions.models import Feedback
from actions.packed import Quote, Section
from actions.packing.frame import Frame, day
from actions.queries import themes
from actions.queries.scope import of_duties
from governance import links
from governance.masking import without_addresses
from governance.naming import REDACTED, pattern
from governance.retention import TERMS

QUOTED, A_THEME, LOOKED_AT, LONGEST = 8, 2, 400, 400
"""Quotes in all, of one theme, and how many are looked at for them; signs of one."""
LEAST = 2
"""Signs of a name that is written like one; of a whole one without such signs three."""
_BETWEEN = re.compile(r"[\s,;:()/|&+]+")
_NUMBER = re.compile(r"(?<![\w.])\+?\d(?:[\s().\-/]{0,2}\d){8,}(?!\w)")
"""Telephone, account and contract numbers: nine digits or more."""


def quotes(frame: Frame) -> Section:
    """What customers said in these days, in their words, of themes that everybody of the audience may see.

    Never of somebody who did not agree to be quoted, never with a name, an address or a number of theirs.
    """
    seen = themes.listed(frame.readers.viewer, frame.now).order_by()
    said = Feedback.objects.filter(theme__in=seen.values("pk"))
    said = said.filter(received_at__gte=frame.begins, received_at__lt=min(frame.ends, frame.now))
    known = TERMS["givers"].kept_days
    if known:  # once it is forgotten who said it, a name in the words is not recognised any more
        said = said.filter(received_at__gte=frame.now - timedelta(days=known))
    within = of_duties(frame.scope)["departments"]
    if within is not None:
        said = said.filter(department__in=within)
    rows = themes.quotable(said).select_related("theme__subject")[:LOOKED_AT]
    quotes = list(islice(_spread(list(rows)), QUOTED))
    many = len({one.theme_id for one in quotes})
    title = ngettext(
        "In their words: what customers said in these days about %(n)d theme.",
        "In their words: what customers said in these days about %(n)d themes.",
        many,
    ) % {"n": many}
    return Section(
        key="quotes",
        name=_("In their words"),
        title=title,
        note=_("Quoted is only who did not refuse it, and nobody by name."),
        head=(_("Said"), _("About")),
        quotes=[
            Quote(
                words=Truncator(without_names(one)).chars(LONGEST),
                about=pgettext("theme, day", "%(theme)s (%(reference)s), %(day)s")
                % {
                    "theme": one.theme.title, "reference": one.theme.reference,
                    "day": day(one.received_at.astimezone(frame.zone).date() if one.received_at else None),
                },
                language=one.language,
            )
            for one in quotes
        ],
        paths=[links.path_of(one.theme.subject) for one in quotes],
    )  # fmt: skip


def _spread(rows: Sequence[Feedback]) -> Iterator[Feedback]:
    """The newest first, of one theme a few at most, the same words once."""
    of_theme: dict[int, int] = {}
    heard: set[str] = set()
    for one in rows:
        folded = " ".join(one.text.split()).casefold()
        if of_theme.get(one.theme_id, 0) < A_THEME and folded not in heard:
            of_theme[one.theme_id] = of_theme.get(one.theme_id, 0) + 1
            heard.add(folded)
            yield one


def without_names(feedback: Feedback) -> str:
    """What somebody said, without the name that came with it, without addresses and long numbers."""
    text = " ".join(feedback.text.split())
    giver = " ".join(feedback.giver.split())
    if giver and not giver.isascii():
        text = text.replace(giver, REDACTED)  # no blanks stand around a Chinese name
    if len(giver.replace(" ", "")) > LEAST:
        text = pattern([giver]).sub(REDACTED, text)
    for name in _parts(giver):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", REDACTED, text)
    return masked(text)


def _parts(giver: str) -> list[str]:
    """Each part of a name as people sign: as it is written, and as a name is written. An address has the name before
    its at. Of "customer 17" that takes "Customer" out, which harms no quote."""
    words = [
        word.strip("'.\"-") for word in _BETWEEN.split(giver.partition("@")[0].replace(".", " ").replace("_", " "))
    ]
    found = {form for word in words for form in (word, word.title(), word.upper())}
    return sorted(
        (form for form in found if len(form) >= LEAST and (form != form.lower() or form.isdigit())),
        key=len,
        reverse=True,
    )


def masked(text: str) -> str:
    """Without addresses and long numbers."""
    return _NUMBER.sub(REDACTED, without_addresses(text or "", REDACTED))
