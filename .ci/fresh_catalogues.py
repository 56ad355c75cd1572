"""Fails when a compiled catalogue does not say what its source says. Needs no gettext: a bare machine has none.

    fresh_catalogues.py

reads `locale/*/LC_MESSAGES/*.po` and compares each with its `.mo`, message by message.
"""

import ast
import gettext
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIELD = re.compile(r"(msgctxt|msgid_plural|msgid|msgstr(?:\[(\d+)\])?)\s+(\".*\")$")


def translations(source: Path) -> dict[object, str]:
    """What `source` translates, keyed as `gettext` keys it: a plural form by (id, number), a context by `ctx\\4id`."""
    told: dict[object, str] = {}
    for block in re.split(r"\n\s*\n", source.read_text(encoding="utf-8")):
        lines = [line for line in block.splitlines() if not line.startswith("#~")]
        if any(line.startswith("#,") and "fuzzy" in line for line in lines):
            continue
        fields: dict[str, str] = {}
        current = ""
        for line in lines:
            if found := FIELD.match(line.strip()):
                current = found[1]
                fields[current] = ast.literal_eval(found[3])
            elif line.startswith('"') and current:
                fields[current] += ast.literal_eval(line.strip())
        if not fields.get("msgid"):
            continue  # the header
        key = f"{fields['msgctxt']}\x04{fields['msgid']}" if "msgctxt" in fields else fields["msgid"]
        if "msgid_plural" in fields:
            forms = {int(name[7:-1]): text for name, text in fields.items() if name.startswith("msgstr[")}
            if all(forms.values()):
                told |= {(key, number): text for number, text in forms.items()}
        elif fields.get("msgstr"):
            told[key] = fields["msgstr"]
    return told


def compiled(path: Path) -> dict[object, str]:
    with path.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key: text for key, text in catalogue.items() if key != ""}


def main() -> int:
    stale = []
    for source in sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists():
            stale.append(f"{target.relative_to(ROOT)} is missing")
        elif (wanted := translations(source)) != (found := compiled(target)):
            differing = sum(wanted.get(key) != found.get(key) for key in wanted.keys() | found.keys())
            stale.append(f"{target.relative_to(ROOT)} differs from its source in {differing} messages")
    for line in stale:
        print(f"{line}: run manage.py compilemessages and commit the result.")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
