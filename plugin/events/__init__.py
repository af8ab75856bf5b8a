"""What happened, append-only and deduplicated."""
