"""How long governance keeps what says something about a person and is of no use any more."""

from django.contrib.sessions.models import Session
from django.db.models import Q
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from governance.models import ApiToken, Button, IdempotencyRecord, Person, SetupCode, SignInThrottle
from governance.retention import declare

declare(
    "sign_in_failures",
    says=_("Failed sign-ins, under a digest of address and account"),
    days=2,
    # A key ends with its day; what a failure of today closed may last into tomorrow.
    due=lambda moment: SignInThrottle.objects.annotate(day=Right("key", 10)).filter(
        Q(closed_until=None) | Q(closed_until__lt=moment), day__lt=moment.date().isoformat()
    ),
)
declare(
    "idempotency",
    says=_("Answers kept for programs that ask a second time"),
    days=1,
    due=lambda moment: IdempotencyRecord.objects.filter(created_at__lt=moment),
)
declare(
    "sessions",
    says=_("Sessions, after they have ended"),
    days=1,
    due=lambda moment: Session.objects.filter(expire_date__lt=moment),
)
declare(
    "tokens",
    says=_("Tokens of programs, after they have expired"),
    days=30,
    due=lambda moment: ApiToken.objects.filter(expires_at__lt=moment),
)
declare(
    "links",
    says=_("Links in mails, after they have been used or expired"),
    days=90,
    due=lambda moment: Button.objects.filter(Q(ended_at__lt=moment) | Q(expires_at__lt=moment)),
)
declare(
    "setup_codes",
    says=_("Set-up codes, after they have been used"),
    days=2,
    due=lambda moment: SetupCode.objects.filter(used_at__lt=moment),
)
declare(
    "absences",
    says=_("Until when somebody was away, after they are back"),
    days=1,
    due=lambda moment: Person.objects.filter(away_until__lt=moment.date()),
    blank={"away_until": None},
)
