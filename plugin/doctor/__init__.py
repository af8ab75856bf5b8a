"""Is this installation all right? Probes look, checks judge what was seen, and every finding names what to do."""
