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
from actions.models.resources import ResourceRequest
from actions.models.uploads import Upload, UploadState

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
    "ResourceRequest",
    "Response",
    "Routing",
    "RoutingRule",
    "Theme",
    "Update",
    "Upload",
    "UploadState",
    "Verification",
]
