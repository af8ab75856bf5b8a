"""When work is done, and by whom: one scheduler among many processes, every job once per period."""
