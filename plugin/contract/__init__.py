"""What an adapter may know: request, event, payload, signature, adapter. Standard library only."""
