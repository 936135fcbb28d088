"""What keeps channels connected: each is made, connected, watched and made again on its own."""

from bot.supervisor.channels import ChannelPlan, Channels
from bot.supervisor.supervisor import ChannelState, ChannelStatus, Patience, Supervisor

__all__ = ["ChannelPlan", "ChannelState", "ChannelStatus", "Channels", "Patience", "Supervisor"]
