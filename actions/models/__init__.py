"""What actions hold to be true."""

from actions.models.feedback import (
    Feedback,
    FeedbackChange,
    FeedbackImport,
    FeedbackSource,
    Response,
    Routing,
    RoutingRule,
    Theme,
    ThemeTopic,
)
from actions.models.items import (
    ACCEPTED_STATES,
    OPEN_STATES,
    ActionItem,
    ActionState,
    Blocker,
    BlockerKind,
    Evidence,
    EvidenceKind,
    Finding,
    Health,
    Promise,
    Update,
    Verification,
)
from actions.models.logs import ActionLog, ActionLogLine, Fate
from actions.models.uploads import Upload, UploadState
from actions.models.views import SavedView

__all__ = [
    "ACCEPTED_STATES",
    "OPEN_STATES",
    "ActionItem",
    "ActionLog",
    "ActionLogLine",
    "ActionState",
    "Blocker",
    "BlockerKind",
    "Evidence",
    "EvidenceKind",
    "Fate",
    "Feedback",
    "FeedbackChange",
    "FeedbackImport",
    "FeedbackSource",
    "Finding",
    "Health",
    "Promise",
    "Response",
    "Routing",
    "RoutingRule",
    "SavedView",
    "Theme",
    "ThemeTopic",
    "Update",
    "Upload",
    "UploadState",
    "Verification",
]
