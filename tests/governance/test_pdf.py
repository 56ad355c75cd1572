"""Papers as PDF: what a system check says of fonts, and data that stays data."""

from governance import pdf
from governance.checks import chinese_can_be_printed


def test_a_machine_without_chinese_fonts_is_told_what_to_install(monkeypatch):
    assert chinese_can_be_printed(None) == []
    monkeypatch.setattr(pdf, "families", lambda: frozenset({"Libertinus Serif"}))
    (told,) = chinese_can_be_printed(None)
    assert told.id == "governance.W001"
    assert "fonts-noto-cjk" in told.hint
