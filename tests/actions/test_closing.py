"""What a charter wants shown before work is said to be done, as its owner reads it."""

from dataclasses import replace

import pytest

from actions.services import items
from governance.clauses import Closure
from tests.actions.test_items import DAY, Work
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db


def test_the_page_says_which_evidence_the_charter_still_wants_and_the_refusal_says_it_again(client, api_for) -> None:
    work = Work()
    work.town.rule_anew(replace(work.town.rules, closure=Closure(minimum=2, note=False)))
    action = items.accept(action=work.action(), promised_on=DAY, by=work.owner, now=EPOCH)
    items.add_evidence(action=action, title="Forty claims", kind="note", by=work.owner, now=EPOCH)
    client.force_login(work.owner)
    wanted = (
        "The charter asks for at least 2 pieces of evidence (a file, a link or a reading of a metric); none that counts"
        " is there."
    )
    assert wanted in client.get(f"/actions/{action.reference}/").text
    refused = client.post(f"/actions/{action.reference}/done/")
    assert (refused.status_code, "Attach what is missing" in refused.text) == (409, True)
    answer = api_for(work.owner).post(f"/api/v1/actions/{action.reference}/done/")
    assert (answer.status_code, answer.json()["detail"].startswith(wanted)) == (409, True)
    for number in range(2):
        items.add_evidence(action=action, title="t", kind="link", link=f"https://a.example/{number}", by=work.owner,
                           now=EPOCH)  # fmt: skip
    assert wanted not in client.get(f"/actions/{action.reference}/").text
    assert items.say_done(action=action, by=work.owner, now=EPOCH).state == "done"
