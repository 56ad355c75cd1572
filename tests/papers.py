"""What a PDF says of itself: the language that it names, and whose forms its Chinese characters have."""

import re
from io import BytesIO

from pypdf import PdfReader


def language_and_faces(content: bytes) -> tuple[str, set[str]]:
    """``/Lang`` of the paper, and "sc" or "tc" of each face with Chinese in it that is embedded."""
    read = PdfReader(BytesIO(content))
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in read.pages
        for font in page["/Resources"].get_object().get("/Font", {}).values()
    }
    found = {re.search(r"(?:CJK|HanSerif|HanSans)(sc|tc)", name, re.IGNORECASE) for name in fonts}
    return str(read.root_object["/Lang"]), {one[1].lower() for one in found if one is not None}
