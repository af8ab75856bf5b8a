"""Facts measured over periods."""
