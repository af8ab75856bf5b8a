"""Surveys that the plugin itself sends after a contact or a solved ticket: who is due, the mail, its signed links."""
