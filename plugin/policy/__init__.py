"""What the centre decided, as one versioned document."""
