"""Everything that leaves: one lane a destination chat, in order, with safe retries."""

from bot.delivery.delivery import Counts, Delivery
from bot.delivery.surroundings import Limits

__all__ = ["Counts", "Delivery", "Limits"]
