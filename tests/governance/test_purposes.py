"""Whatever is held about people says what for, who reads it and when it ends; the works council's paper agrees."""

from dataclasses import replace
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from governance import checks, privacy, purposes, retention
from governance.management.commands.works_council_paper import PAPER
from governance.personal import HOLDS
from governance.purposes import PURPOSES, SECTIONS

LABEL = "actions.update"


def without(monkeypatch, **changes) -> list[str]:
    """What the check says when the line of one model is another one, or none."""
    changed = {**PURPOSES, LABEL: replace(PURPOSES[LABEL], **changes)} if changes else dict(PURPOSES)
    if not changes:
        del changed[LABEL]
    monkeypatch.setattr(privacy, "PURPOSES", changed)
    monkeypatch.setattr(checks, "PURPOSES", changed)
    found = checks.personal_data_has_a_purpose(None)
    assert {error.id for error in found} == {"governance.E007"}
    return [error.msg for error in found]


def test_every_model_with_people_or_words_has_purpose_reader_and_end() -> None:
    assert checks.personal_data_has_a_purpose(None) == []
    held = {label for label, line in HOLDS.items() if line.people or line.words or line.files}
    assert held - set(PURPOSES) == set()


def test_a_model_without_a_line_is_named(monkeypatch) -> None:
    (said,) = without(monkeypatch)
    assert said == "actions.update holds personal data without a purpose and readers and an end."


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"so_that": ""}, "a purpose"),
        ({"readers": ()}, "readers"),
        ({"stays": ""}, "an end"),
        ({"fields": {"mood": "to know it"}}, "the field mood, of which its purpose speaks"),
    ],
)
def test_a_line_that_leaves_something_out_is_named(monkeypatch, changes, said) -> None:
    assert without(monkeypatch, **changes) == [f"actions.update holds personal data without {said}."]


def test_a_line_of_no_model_is_named(monkeypatch) -> None:
    monkeypatch.setattr(checks, "PURPOSES", {**PURPOSES, "actions.gone": PURPOSES[LABEL]})
    (error,) = checks.personal_data_has_a_purpose(None)
    assert "actions.gone" in error.msg


def test_the_paper_is_what_the_program_declares() -> None:
    call_command("works_council_paper", "--check")


def test_the_paper_is_behind_when_a_term_or_a_purpose_changes(monkeypatch) -> None:
    term = retention.TERMS["leavers"]
    monkeypatch.setitem(retention.TERMS, "leavers", replace(term, days=term.days + 1))
    with pytest.raises(CommandError, match="is behind"):
        call_command("works_council_paper", "--check", stdout=StringIO())


def test_other_times_of_an_installation_do_not_change_the_paper(settings) -> None:
    settings.RETENTION_DAYS = {"leavers": 7, "givers": 0}
    call_command("works_council_paper", "--check")
    assert any("After 7 days" in end for end in privacy.ends("governance.person"))
    assert any("for ever" in end for end in privacy.ends("actions.feedback"))


def test_the_paper_names_each_model_each_field_and_each_term() -> None:
    paper = PAPER.read_text(encoding="utf-8")
    for label in PURPOSES:
        (line,) = [line for line in paper.splitlines() if f"(`{label}`)" in line]
        for field in apps.get_model(label)._meta.concrete_fields:
            if field.name not in privacy.SILENT and not field.primary_key:
                assert field.name.replace("_", " ") in line, (label, field.name)
    for name, term in retention.TERMS.items():
        assert f"| `{name}` | {term.says} | {term.days} | {term.says_how} |" in paper


def test_a_paper_without_a_place_for_a_table_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for account"):
        privacy.filled("# Another paper")


def test_each_model_stands_in_one_section() -> None:
    listed = [label for section in SECTIONS for label in section.holds]
    assert len(listed) == len(set(listed))
    assert set(purposes.TITLES) <= set(listed)


def test_terms_say_what_becomes_of_what_they_forget() -> None:
    for term in retention.TERMS.values():
        if term.label != "sessions.session":
            assert any(str(term.says) in end for end in privacy.ends(term.label))
        assert term.says_how
