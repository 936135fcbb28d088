"""WhatsApp through Twilio, against a strict local Twilio."""
