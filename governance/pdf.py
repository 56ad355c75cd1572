"""Papers as PDF: a typst template below ``templates/pdf/``, and data that is never read as markup.

The data goes in as one JSON text and comes out as strings: a title that looks like typst's own signs is set as it was
typed. typst is loaded where it is first needed: it costs every process that never prints.
"""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

FOLDER: Path = settings.BASE_DIR / "templates" / "pdf"

CHINESE = {
    "zh-hans": ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Sans CJK SC", "Source Han Sans SC"),
    "zh-hant": ("Noto Serif CJK TC", "Source Han Serif TC", "Noto Sans CJK TC", "Source Han Sans TC"),
}
"""Faces with Chinese in them, by the language whose forms they draw; the first that the machine has is taken."""


def typeset(template: str, data: dict[str, Any], *, language: str, forms: str, at: datetime) -> bytes:
    """The paper as PDF/UA: tagged, its fonts embedded. ``at`` stands in it as the moment at which it was made.

    ``language`` is the one in which its words are; ``forms`` the one whose forms Chinese characters take, in whatever
    language the rest is.
    """
    import typst  # noqa: PLC0415 - slow third-party import, paid only when something is printed

    chinese = CHINESE["zh-hant" if forms.lower() in ("zh-hant", "zh-tw", "zh-hk") else "zh-hans"]
    inputs = {
        "data": json.dumps(data, ensure_ascii=False),
        "language": language.split("-")[0],
        "chinese": json.dumps([face for face in chinese if face in families()], ensure_ascii=False),
    }
    compiler = typst.Compiler(FOLDER / template, root=FOLDER, font_paths=_fonts(), sys_inputs=inputs)
    made = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=int(at.timestamp()))
    if not isinstance(made, bytes):
        raise TypeError("typst gives one PDF as bytes")
    return made


def as_png(svg: str) -> bytes:
    """One drawing as a picture for mails, whose programs draw no SVG: 520 points wide, two pixels a point."""
    import typst  # noqa: PLC0415 - slow third-party import, paid only when something is printed

    compiler = typst.Compiler(FOLDER / "picture.typ", root=FOLDER, font_paths=_fonts(), sys_inputs={"svg": svg})
    made = compiler.compile(format="png", ppi=144.0)
    if not isinstance(made, bytes):
        raise TypeError("typst gives one page as bytes")
    return made


@cache
def _fonts() -> Any:
    import typst  # noqa: PLC0415 - slow third-party import, paid only when something is printed

    return typst.Fonts()


@cache
def families() -> frozenset[str]:
    """The font families that this machine can print with."""
    return frozenset(_fonts().families())


def has_chinese() -> bool:
    """Whether Chinese can be printed here."""
    return any(face in families() for faces in CHINESE.values() for face in faces)
