"""Reading a request's JSON: what no text of ours can hold is refused at the door, with the reason."""

from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from governance.plain import is_plain


class PlainJSONParser(JSONParser):
    """JSON without what databases refuse: NUL characters, lone surrogates, endless nesting."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            said = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_("This JSON is nested too deeply.")) from error
        if not is_plain(said):
            raise ParseError(_("A text holds what cannot be stored: a NUL, or half a surrogate pair."))
        return said
