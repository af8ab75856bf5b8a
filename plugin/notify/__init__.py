"""Messages and the ways they go out."""
