"""Pages and the JSON API: they read facts, KPIs, incidents and the inbox, and calculate nothing themselves.

`register.register_pages(app, site)` puts them onto an application.
"""
