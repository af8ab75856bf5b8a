"""One vendor, one file; pure: request in, events out."""
