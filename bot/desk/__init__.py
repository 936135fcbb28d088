"""The team's side: cards, commands, replies, and what became of what was sent."""
