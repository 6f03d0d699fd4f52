"""Django's settings, addresses and entry points; no behaviour."""
