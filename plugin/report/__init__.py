"""What to say about a period."""
