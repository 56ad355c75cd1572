"""The design page: every shared component in every important state. Shown only while developing."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

TODAY = date(2026, 11, 17)


class SampleForm(forms.Form):
    """A form with one of each: enough to see label, hint, error and choice in place."""

    title = forms.CharField(label=_("What is promised"), help_text=_("One sentence that a customer would understand."))
    promised_on = forms.DateField(
        label=_("Promised date"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Choose a day; the next working day is Wed 18 Nov.")},
    )
    seat = forms.ChoiceField(
        label=_("Accountable seat"),
        choices=[("", "Choose a seat"), ("c", "Champion, Claims"), ("h", "Head of Contact Centre")],
    )
    health = forms.ChoiceField(
        label=_("Where does it stand?"),
        choices=[
            ("on_track", _("On track")),
            ("at_risk", _("At risk")),
            ("blocked", _("Blocked")),
            ("time", _("Need time")),
            ("done", _("Done")),
        ],
        widget=forms.RadioSelect,
    )
    councils = forms.MultipleChoiceField(
        label=_("Who should know"),
        choices=[("g", "CX Governance Council"), ("e", "Executive Committee")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    reason = forms.CharField(
        label=_("Why it moves"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=_("Kept in the promise record."),
    )
    verify = forms.BooleanField(label=_("Ask Amara Okafor to verify"), required=False)

    def clean_seat(self) -> str:
        seat: str = self.cleaned_data["seat"]
        if seat == "h":
            raise forms.ValidationError(_("This seat is full until 30 November. Choose another, or ask its holder."))
        return seat


def _link(label: str, icon: str, count: int | str | None = None, **more: Any) -> dict[str, Any]:
    return {"url": "#", "label": label, "icon": icon, "count": count, **more}


def _shell() -> SimpleNamespace:
    return SimpleNamespace(
        organisation="Harbourline Mutual",
        home_url="#",
        person=SimpleNamespace(name="Priya Raman", initials="PR", role="Champion, Claims", url="#"),
        may_capture=True,
        capture_url="#",
        search_url="#",
        sign_out_url="#",
        groups=[
            {
                "label": "",
                "links": [
                    _link("Home", "home", 7, hot=True, current=True),
                    _link("Inbox", "inbox", 3),
                    _link("My seats", "seat", 2),
                ],
            },
            {
                "label": "Champion, Claims",
                "links": [
                    _link("Actions", "action", 14),
                    _link("Feedback", "feedback", 38),
                    _link("Asked of us", "request", 4),
                ],
            },
            {
                "label": "CX Governance Council",
                "links": [
                    _link("Meetings", "calendar"),
                    _link("Decisions", "decision", 2),
                    _link("Charter", "charter"),
                ],
            },
            {
                "label": "Harbourline",
                "links": [
                    _link("Executive review", "chart"),
                    _link("Coverage map", "map"),
                    _link("Resources", "money"),
                    _link("KPIs", "kpi"),
                    _link("Roadmap", "road"),
                ],
            },
        ],
        tabs=[
            _link("Home", "home", 7, hot=True, current=True),
            _link("Inbox", "inbox", 3),
            _link("Actions", "action"),
            _link("Meetings", "calendar"),
        ],
    )


def _actions() -> list[dict[str, Any]]:
    def row(
        ref: str,
        title: str,
        seat: str,
        person: str,
        state: str,
        health: str,
        flag: tuple[str, str],
        first: date | None,
        revised: list[date],
        kept: date | None,
        spent: int,
        total: int,
    ) -> dict[str, Any]:
        return {
            "ref": ref,
            "title": title,
            "seat": seat,
            "person": person,
            "state": state,
            "health": health,
            "flag": flag[0],
            "flag_text": flag[1],
            "first": first,
            "revised": revised,
            "kept": kept,
            "spent": spent,
            "total": total,
            "start": date(2026, 9, 24),
        }

    return [
        row(
            "ACT-214",
            "Send a status text at each step of a motor claim",
            "Champion, Claims",
            "Priya Raman",
            "in_progress",
            "at_risk",
            ("blocked", "blocked by Legal"),
            date(2026, 10, 30),
            [date(2026, 11, 27)],
            None,
            2140000,
            3800000,
        ),
        row(
            "ACT-198",
            "Rewrite the total-loss letter in plain language",
            "Champion, Claims",
            "Priya Raman",
            "in_progress",
            "off_track",
            ("late", "4 days late"),
            date(2026, 10, 16),
            [date(2026, 11, 2), date(2026, 11, 10)],
            None,
            420000,
            600000,
        ),
        row(
            "ACT-220",
            "Give adjusters one page with the customer’s history",
            "Step owner, Repair",
            "Lucía Herrera",
            "accepted",
            "on_track",
            ("soon", "due tomorrow"),
            date(2026, 11, 18),
            [],
            None,
            815000,
            900000,
        ),
        row(
            "ACT-187",
            "Repair network: same-day booking in Ghent and Antwerp",
            "Head of Digital & App",
            "",
            "done",
            "none",
            ("ok", "done 9 Nov"),
            date(2026, 11, 6),
            [],
            date(2026, 11, 9),
            3100000,
            3000000,
        ),
        row(
            "ACT-176",
            "Sign in with one tap on first launch",
            "Champion, Digital",
            "何家朗",
            "verified",
            "none",
            ("ok", "kept 23 Oct"),
            date(2026, 10, 23),
            [],
            date(2026, 10, 23),
            1780000,
            1800000,
        ),
        row(
            "ACT-231",
            "Welcome call in the customer’s language",
            "Champion, Contact Centre",
            "Fatima El Idrissi",
            "proposed",
            "none",
            ("none", "no date"),
            None,
            [],
            None,
            0,
            0,
        ),
    ]


def page(request: HttpRequest) -> HttpResponse:
    """Show every component with the data of a fictional mutual insurer."""
    if not settings.DEBUG:
        raise Http404
    refused = SampleForm({"title": "Status text in Chinese", "seat": "h", "health": "at_risk"})
    refused.is_valid()
    move = {
        "who": "Sanne de Wit",
        "what": "answers the request for consent wording",
        "by": TODAY + timedelta(days=1),
        "otherwise": "Ingrid Solheim, CX sponsor, is asked",
        "url": "#",
    }
    context = {
        "shell": _shell(),
        "today": TODAY,
        "axis": (date(2026, 9, 20), date(2026, 12, 18)),
        "states": ["proposed", "accepted", "in_progress", "done", "verified", "declined", "cancelled"],
        "healths": ["on_track", "at_risk", "off_track", "none"],
        "verdicts": [
            ("valid", "7 of 9 present, 5 for"),
            ("advisory", "no quorum: 4 of 5"),
            ("referred", "beyond €20,000, to the Executive Committee"),
        ],
        "move": move,
        "move_you": move
        | {
            "who": "You",
            "what": "say where ACT-220 stands",
            "by": TODAY,
            "otherwise": "a reminder goes out tomorrow at 09:00",
            "is_you": True,
        },
        "move_late": move | {"by": TODAY - timedelta(days=5), "is_late": True},
        "move_deputy": move | {"stands_in": "deputy", "seat": "Champion, Claims"},
        "actions": _actions(),
        "columns": [
            {"label": _("Action"), "sort_url": "#"},
            {"label": _("Stands")},
            {"label": _("Condition"), "sort_url": "#", "sort": "ascending"},
            {"label": _("Promise")},
            {"label": _("Spent"), "num": True},
        ],
        "bar_days": {
            "first": date(2026, 10, 16),
            "start": date(2026, 9, 24),
            "revised": [date(2026, 11, 2), date(2026, 11, 10)],
            "moved": [date(2026, 11, 27)],
            "kept": date(2026, 10, 14),
            "kept_late": date(2026, 11, 13),
            "ahead": date(2026, 12, 4),
        },
        "figures": [
            {
                "label": _("Kept on the first date"),
                "value": "54 %",
                "of": _("25 of 46 promises since 1 Sep"),
                "url": "#",
            },
            {"label": _("Late now"), "value": "6", "of": _("of 31 open actions"), "url": "#", "tone": "bad"},
            {"label": _("Slip said in time"), "value": "9", "of": _("of 12 slips"), "url": "#"},
            {"label": _("Worked after 60 days"), "few": True, "of": _("3 of 4 read; 10 needed"), "url": "#"},
        ],
        "why_links": [("Charter v3, rule 12", "#"), ("decision DEC-31", "#")],
        "form": SampleForm(initial={"health": "on_track"}, auto_id="free_%s"),
        "refused": refused,
        "chips": [
            {"label": _("Council"), "value": "CX Governance Council", "remove_url": "#"},
            {"label": _("Promised"), "value": _("before 25 Dec 2026"), "remove_url": "#"},
        ],
        "page_of": Paginator(range(312), 50).page(2),
        "days": [
            {
                "label": _("Today"),
                "said": [
                    {
                        "who": "Sanne de Wit",
                        "at": "09:42",
                        "did": _("answered the escalation"),
                        "text": "Dutch and French are with outside counsel, back Thursday. Hong Kong still reads.",
                    },
                    {
                        "who": "陳穎怡",
                        "at": "08:25",
                        "did": "",
                        "text": "客戶最常問「我的理賠到哪一步了？」。若短訊先以英文發出，投訴會再增加。",
                        "lang": "zh-Hant",
                    },
                ],
                "system": [
                    {"text": "Rung 2 fired: head of department asked", "at": "09:00", "url": "#"},
                    {"text": "Reminder to Priya Raman not sent: waiting on another seat", "at": "09:00"},
                ],
            },
            {
                "label": "6 to 10 Nov",
                "said": [
                    {
                        "who": "Priya Raman",
                        "at": "6 Nov, 14:10",
                        "did": _("reported blocked"),
                        "text": "Build done. Texts wait for consent wording.",
                    }
                ],
                "system": [{"text": "Counter-signed by Legal & Compliance"}],
            },
            {"label": "24 Sep", "system": [{"text": "Created by decision DEC-31"}, {"text": "€38,000 allocated"}]},
        ],
        "rungs": [
            {"who": "Owner reminded", "when": "12 Nov", "state": "fired", "note": "no answer from Legal in 3 days"},
            {
                "who": "Head of Legal & Compliance",
                "when": "today 09:00",
                "state": "fired",
                "note": "acknowledged 09:42",
            },
            {
                "who": "CX executive sponsor",
                "when": "Wed 18 Nov",
                "state": "next",
                "note": "unless Legal answers by then",
            },
            {"who": "Council chair", "when": "Mon 23 Nov", "state": "to_come"},
            {
                "who": "On the council’s agenda",
                "when": "Tue 1 Dec",
                "state": "to_come",
                "note": "extend, re-resource, reassign, drop, accept as is, or not decided",
            },
        ],
        "quorum_met": [{"state": s} for s in ["here"] * 6 + ["deputy"] + ["absent"] + ["recused"]],
        "quorum_lost": [{"state": s} for s in ["here"] * 4 + ["absent"] * 4 + ["vacant"]],
        "heat_names": [_("Open"), _("Late"), _("Blocked"), _("No date"), _("Unfunded")],
        "heat_rows": [
            ("Claims", 14, [("Late", 4), ("Blocked", 2), ("No date", 1), ("Unfunded", 0)]),
            ("Contact Centre", 9, [("Late", 3), ("Blocked", 0), ("No date", 1), ("Unfunded", 5)]),
            ("Digital & App", 31, [("Late", 2), ("Blocked", 9), ("No date", 0), ("Unfunded", 3)]),
            ("香港分公司", 2, [("Late", 1), ("Blocked", 0), ("No date", 0), ("Unfunded", 0)]),
        ],
        "steps": [
            {"label": _("Heard"), "detail": _("1,284 voices"), "url": "#", "state": "done"},
            {"label": _("Theme"), "detail": "THM-18", "url": "#", "state": "done"},
            {"label": _("Routed"), "detail": _("rule 6, Claims"), "url": "#", "state": "done"},
            {"label": _("Decided"), "detail": _("DEC-31, valid"), "url": "#", "state": "done"},
            {"label": _("Promised"), "detail": "27 Nov", "url": "#", "state": "now"},
            {"label": _("Verified"), "detail": _("by A. Okafor"), "state": "todo"},
            {"label": _("Worked?"), "detail": _("30, 60, 90 days"), "state": "todo"},
            {"label": _("Told"), "detail": _("1,102 can be reached"), "state": "todo"},
        ],
        "compare": [
            (_("Promised date"), "4 Dec 2026", "27 Nov 2026"),
            (_("Reason"), "Supplier left the contract", "Supplier left the framework contract; new one from 2 Nov"),
        ],
    }
    return render(request, "design/page.html", context, status=200)
