"""What can go wrong, in the words of the domain. Every error names its remedy."""

from typing import Any


class DomainError(Exception):
    """A sentence for the person who asked, with what would help.

    ``facts`` holds machine-readable particulars (for problem details); ``field`` names the input at fault, if one is.
    """

    status = 400
    code = "error"

    def __init__(self, message: Any, *, field: str = "", **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.facts = facts

    def __str__(self) -> str:
        return str(self.message)


class Refused(DomainError):
    """May be seen, may not be done by this person: 403 with the reason."""

    status = 403
    code = "refused"


class Absent(DomainError):
    """Does not exist, or may not be seen; nobody can tell which: 404."""

    status = 404
    code = "absent"


class Conflict(DomainError):
    """The state of things forbids it now: 409 with what is the case and what to do."""

    status = 409
    code = "conflict"


class Stale(Conflict):
    """Somebody else changed it first: 412 over the API, 409 with both versions on a page."""

    status = 412
    code = "stale"


class Invalid(DomainError):
    """What was asked makes no sense as it stands: 422, at the field."""

    status = 422
    code = "invalid"
