"""Everything that leaves: one lane a destination chat, in order, with safe retries."""

from bot.delivery.delivery import Delivery
from bot.delivery.surroundings import Limits

__all__ = ["Delivery", "Limits"]
