"""What must be so before the program serves anybody. Run at start, by ``manage.py check`` and by the tests."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import connections, models
from django.db.utils import OperationalError, ProgrammingError
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import IsAuthenticated

from governance import pdf, privacy
from governance.models import Person, Subject, SubjectModel
from governance.models.subjects import SubjectQuerySet
from governance.personal import HOLDS
from governance.purposes import PURPOSES
from governance.retention import TERMS
from governance.sight import PUBLIC_ROUTES, SEEN_THROUGH
from governance.sql import guards

OURS = ("governance", "councils", "actions", "notifications")


@register(Tags.database)
def guards_stand(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_more: Any
) -> list[CheckMessage]:
    """The triggers that keep the journal, the rules and the books are all there."""
    if not databases:
        return []
    try:
        if "governance_journalentry" not in connections["default"].introspection.table_names():
            return []  # not migrated yet: migrating installs them
        gone = guards.missing()
    except (OperationalError, ProgrammingError):
        return []  # no database to ask: that is another check's to say
    return [
        Error(
            f"Guards are missing in the database: {', '.join(gone)}.",
            hint="Run manage.py migrate: it creates them anew.",
            id="governance.E001",
        )
        for _once in gone[:1]
    ]


@register(Tags.security)
def routes_ask_who_is_there(app_configs: Sequence[AppConfig] | None, **_more: Any) -> list[CheckMessage]:
    """Every route asks who is there, or is named as public."""
    return [
        Error(
            f"The route {name} ({path}) neither asks who is there nor is named as public.",
            hint="Put @login_required on the view, or review it and name it in governance.sight.PUBLIC_ROUTES.",
            id="governance.E002",
        )
        for name, path, view in routes(get_resolver())
        if name not in PUBLIC_ROUTES and not _asks(view)
    ]


@register("printing", deploy=True)
def chinese_can_be_printed(app_configs: Sequence[AppConfig] | None, **_more: Any) -> list[CheckMessage]:
    """W001: without a font that has Chinese in it, papers are printed with empty boxes in its place."""
    if pdf.has_chinese():
        return []
    return [
        Caution(
            "This machine has no font with Chinese in it.",
            hint="Install Noto CJK (Debian: fonts-noto-cjk), or papers show boxes where Chinese stands.",
            id="governance.W001",
        )
    ]


@register(Tags.models)
def models_have_a_rule(app_configs: Sequence[AppConfig] | None, **_more: Any) -> list[CheckMessage]:
    """Every model of ours is a subject that can be narrowed to its viewer, or says through what it is seen."""
    found: list[CheckMessage] = []
    for model in apps.get_models():
        label = model._meta.label_lower
        if model._meta.app_label not in OURS:
            continue
        if issubclass(model, SubjectModel):
            if not isinstance(model._default_manager.all(), SubjectQuerySet):
                found.append(
                    Error(
                        f"{label} is a subject, and its manager has no visible_to.",
                        hint="Give it objects = SubjectQuerySet.as_manager().",
                        obj=model,
                        id="governance.E004",
                    )
                )
        elif label not in SEEN_THROUGH:
            found.append(
                Error(
                    f"{label} has no rule by which it is seen.",
                    hint="Name in governance.sight.SEEN_THROUGH through what it is seen.",
                    obj=model,
                    id="governance.E003",
                )
            )
    return found


@register(Tags.models)
def personal_data_is_known(app_configs: Sequence[AppConfig] | None, **_more: Any) -> list[CheckMessage]:
    """Every key to a person, free text and file of a model of ours stands in the list of personal data."""
    found: list[CheckMessage] = []
    for model in apps.get_models():
        label = model._meta.label_lower
        if model._meta.app_label in OURS:
            told = HOLDS[label].named if label in HOLDS else frozenset()
            unknown = sorted(holding_fields(model) - told)
            gone = sorted(name for name in told if name not in {field.name for field in model._meta.get_fields()})
            if unknown or gone:
                found.append(
                    Error(
                        f"{label} may hold personal data that nobody could find: {', '.join(unknown + gone)}.",
                        hint=f'Add a line "{label}" to governance.personal.HOLDS (or mend it): words that may name '
                        "somebody, keys to people, and what is plain.",
                        obj=model,
                        id="governance.E005",
                    )
                )
    return found


@register(Tags.models)
def retention_is_known(app_configs: Sequence[AppConfig] | None, **_more: Any) -> list[CheckMessage]:
    """RETENTION_DAYS names kinds of data that there are, and no negative time."""
    return [
        Error(
            f"RETENTION_DAYS names {name}={days}, which makes no sense.",
            hint=f"Give days (0 is for ever) for one of: {', '.join(sorted(TERMS))}.",
            id="governance.E006",
        )
        for name, days in settings.RETENTION_DAYS.items()
        if name not in TERMS or days < 0
    ]


@register(Tags.models)
def personal_data_is_seen_through_its_thing(
    app_configs: Sequence[AppConfig] | None, **_more: Any
) -> list[CheckMessage]:
    """Personal data that hangs on a thing is exported to those alone who may see that thing."""
    return [
        Error(
            f"{label} hangs on a thing, and its personal data would be exported to whoever may not see that thing.",
            hint=f'Name in the line "{label}" of governance.personal.HOLDS the path ``through`` which it is seen.',
            obj=apps.get_model(label),
            id="governance.E005",
        )
        for label, line in HOLDS.items()
        if apps.is_installed(label.partition(".")[0])
        and not line.through
        and (line.people or line.words or line.files)
        and hangs_on_a_thing(apps.get_model(label))
    ]


@register(Tags.models)
def personal_data_has_a_purpose(app_configs: Sequence[AppConfig] | None, **_more: Any) -> list[CheckMessage]:
    """Whatever holds people or words says what for, who reads it, and when it ends: the works council reads that."""
    found: list[CheckMessage] = []
    for label in sorted(set(HOLDS) | set(PURPOSES)):
        app, _dot, name = label.partition(".")
        if not apps.is_installed(app):
            continue
        missing = privacy.missing(label)
        if missing:
            found.append(
                Error(
                    f"{label} holds personal data without {' and '.join(missing)}.",
                    hint=f'Add a line "{label}" to governance.purposes.SECTIONS: what it is for, who reads it, and why '
                    "it stays where no term deletes it. Then write it out: manage.py works_council_paper.",
                    obj=apps.all_models[app].get(name),
                    id="governance.E007",
                )
            )
    return found


def hangs_on_a_thing(model: type[models.Model]) -> bool:
    """Whether a row is a subject, has a key to one, or to a row that is itself seen through one."""
    if issubclass(model, SubjectModel):
        return True
    for field in model._meta.concrete_fields:
        other = field.related_model
        if isinstance(other, type) and issubclass(other, models.Model):
            line = HOLDS.get(other._meta.label_lower)
            if other is Subject or issubclass(other, SubjectModel) or (line is not None and line.through):
                return True
    return False


def holding_fields(model: type[models.Model]) -> set[str]:
    """Names of the fields that may name somebody: keys to a person, texts without choices, JSON and files."""
    texts = (models.CharField, models.TextField, models.JSONField, models.FileField)
    return {
        field.name
        for field in model._meta.concrete_fields
        if field.related_model is Person or (isinstance(field, texts) and not field.choices)
    }


def routes(resolver: URLResolver, path: str = "", namespace: str = "") -> Iterator[tuple[str, str, Any]]:
    """``(name, path, view)`` of every route, names with their namespace; a nameless route is known by its path."""
    for entry in resolver.url_patterns:
        here = f"{path}{entry.pattern}"
        if isinstance(entry, URLPattern):
            name = entry.name or here
            yield (f"{namespace}:{name}" if namespace and entry.name else name), here, entry.callback
        else:
            inner = entry.namespace or ""
            yield from routes(entry, here, f"{namespace}:{inner}" if namespace and inner else namespace or inner)


def _asks(view: Any) -> bool:
    """Whether a view asks who is there: REST framework's permissions, or the mark that ``login_required`` leaves."""
    cls = getattr(view, "cls", None)
    if cls is not None:
        return any(
            isinstance(permission, type) and issubclass(permission, IsAuthenticated)
            for permission in getattr(cls, "permission_classes", ())
        )
    return hasattr(view, "redirect_field_name")
