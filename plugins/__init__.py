"""One package a platform; each imports `bot.api` and nothing else of the bot, and never another platform."""
