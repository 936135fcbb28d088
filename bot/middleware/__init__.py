"""What happens to one event of a contact: one layer a file, in the order of `bot.pipeline`."""
