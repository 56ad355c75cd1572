"""Pictures of mails: each HTML file of a directory at 390 and 720 px, light and dark; and its text in a plain window.

python manage.py show_mails mails && python -m tests.browser.pictures_of_mails mails
"""

import html
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright


def draw(directory: Path) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for width in (390, 720):
            for scheme in ("light", "dark"):
                page = browser.new_page(viewport={"width": width, "height": 600}, color_scheme=scheme)
                for mail in sorted(directory.glob("*.html")):
                    page.set_content(mail.read_text(encoding="utf-8"))
                    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (mail.name, width)
                    page.screenshot(path=directory / f"{mail.stem}-{width}-{scheme}.png", full_page=True)
                page.close()
        page = browser.new_page(viewport={"width": 720, "height": 600})
        for text in sorted(directory.glob("*.txt")):
            page.set_content(
                f"<pre style='white-space: pre-wrap'>{html.escape(text.read_text(encoding='utf-8'))}</pre>"
            )
            page.screenshot(path=directory / f"{text.stem}-text.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
