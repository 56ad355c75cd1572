"""Which channels there are, and which one is used: ``OUTWARD_CHANNEL`` in the environment."""

from django.conf import settings

from notifications.channels import Outward, mail, null

CHANNELS: dict[str, Outward] = {}


def register(channel: Outward) -> None:
    """Let a channel be chosen by its name. For the start of the program."""
    CHANNELS[channel.NAME] = channel


def chosen() -> Outward:
    """The channel that messages go out by."""
    return CHANNELS[settings.OUTWARD_CHANNEL]


register(mail)
register(null)
