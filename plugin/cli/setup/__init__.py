"""Commands that set an installation up and look after it."""
