"""Requests to a vendor's API: to it and to nothing else, at its pace, again where that helps."""
