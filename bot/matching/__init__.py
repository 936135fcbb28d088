"""Recognising which answer a contact's text means; pure functions of the text, without I/O."""

from bot.matching.explaining import Explanation, Reason, explain
from bot.matching.matcher import Matcher
from bot.matching.menu import menu_text, options
from bot.matching.normalising import normalise
from bot.matching.values import Match, Option, Stage, Verdict

__all__ = [
    "Explanation",
    "Match",
    "Matcher",
    "Option",
    "Reason",
    "Stage",
    "Verdict",
    "explain",
    "menu_text",
    "normalise",
    "options",
]
