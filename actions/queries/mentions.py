"""People who are named with @ in what is said about an action, as far as they may see it."""

import re
from datetime import datetime
from typing import Any

from django.db.models import Q

from actions.models import ActionItem
from governance.models import Person

MOST = 10
"""People told of one text; more are a circular, and a circular is no mention."""
_AT = re.compile(r"(?<![\w@])@(\w+)")


def mentioned(text: str, action: ActionItem, by: Person, now: datetime) -> list[int]:
    """Ids of the people named in ``text``: "@Li Wei" names whoever is called so, "@Li" the one person who may see it.

    The longest name that fits is meant. Whoever may not see the action is not told, and nobody learns which it was.
    """
    firsts = list(dict.fromkeys(word.casefold() for word in _AT.findall(text)))[:MOST]
    if not firsts:
        return []
    begins = Q()
    for word in firsts:
        begins |= Q(name__istartswith=word)
    folded = text.casefold()
    meant: list[int] = []
    people = list(Person.objects.filter(begins, is_active=True).exclude(pk=by.pk).order_by("pk")[: MOST * 10])
    for word in firsts:
        alike = [one for one in people if re.match(rf"{re.escape(word)}\b", one.name.casefold())]
        whole = [one for one in alike if re.search(rf"@{re.escape(one.name.casefold())}(?!\w)", folded)]
        found = whole or alike
        seeing = [one for one in found if ActionItem.objects.visible_to(one, now).filter(pk=action.pk).exists()]
        if whole or len(seeing) == 1:
            meant += [one.pk for one in seeing]
    return list(dict.fromkeys(meant))[:MOST]


def facts(text: str, action: ActionItem, by: Person, now: datetime) -> dict[str, Any]:
    """What the journal keeps of a mention: keys, never names; nothing where nobody is named."""
    found = mentioned(text, action, by, now) if "@" in text else []
    return {"mentioned": found} if found else {}
