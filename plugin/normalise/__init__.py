"""Delivery to events: the adapter registry and the drain."""
