"""Why a text was recognised as it was, in words: the same for `/why` in a team chat and for `try`."""

from typing import Final

from bot.matching import Explanation, Reason, Stage, Verdict, explain
from bot.wording import Wording

_HOW: Final = {
    Stage.BUTTON: "why.button",
    Stage.NUMBER: "why.number",
    Stage.WHOLE: "why.whole",
    Stage.WORDS: "why.words",
    Stage.FUZZY: "why.fuzzy",
}


def why(verdict: Verdict, say: Wording) -> str:
    """Say what matched, what fitted as well, and what would have come next."""
    found: Explanation = explain(verdict)
    if found.chosen is None:
        return say("why.unmatched", text=found.text) if found.text else say("why.wordless")
    tied = "; ".join(_reason(reason, say) for reason in found.tied)
    best = say("why.tied", reasons=tied) if tied else f"{_reason(found.chosen, say)}."
    if found.runner_up is None:
        return best
    return f"{best} {say('why.next', reason=_reason(found.runner_up, say))}"


def _reason(reason: Reason, say: Wording) -> str:
    how = say(_HOW[reason.stage], entry=reason.entry)
    return say("why.reason", answer=reason.answer, line=reason.line, how=how)
