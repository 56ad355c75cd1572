"""People: who signs in, and who is spoken to."""

from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class PersonManager(BaseUserManager["Person"]):
    """Makes people; a person without a password can be named and seated but cannot sign in."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save()
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email__iexact=username)


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who holds seats, votes, signs and verifies. Seats own; persons act."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    language = models.CharField(_("language"), max_length=10, default="en")
    away_until = models.DateField(_("away until"), null=True, blank=True, help_text=_("The last day away."))
    mail_refused_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("When the mail server said that the address is none.")
    )
    mail_refused = models.CharField(max_length=300, blank=True, editable=False, help_text=_("In its own words."))
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the configuration admin"), default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="an_email_is_one_person")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split() if word]
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()[:2]

    def is_away(self, on: date) -> bool:
        """Whether the person said to be away on that day (a day in the person's own zone)."""
        return self.away_until is not None and on <= self.away_until


class SignInThrottle(models.Model):
    """Failed sign-ins by address or account; too many close the door for a while."""

    key = models.CharField(max_length=128, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    closed_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.key


class ApiToken(models.Model):
    """A way in for a machine, on behalf of one person; only its digest is kept."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="api_tokens")
    label = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    may_write = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.label

    def is_live(self, now: datetime) -> bool:
        return now < self.expires_at


class IdempotencyRecord(models.Model):
    """What was answered to a request with an Idempotency-Key: asked again, it is answered again, not done again."""

    person = models.ForeignKey(Person, models.CASCADE)
    key = models.CharField(max_length=128)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="an_idempotency_key_is_used_once")]

    def __str__(self) -> str:
        return self.key
