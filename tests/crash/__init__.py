"""The real process under fire: killed, on bad disks, with bad clocks, floods and plugins that misbehave."""
