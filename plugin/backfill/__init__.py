"""A vendor's history, read through its API into the inbox: on demand, and what a webhook lost, every so often."""
