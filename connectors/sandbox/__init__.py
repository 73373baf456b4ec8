"""Sandbox networks: a small service that speaks the wire protocols of the social networks, for demos and tests.

It has its own SQLite file and knows nothing of the desk. `app.create_app` builds it, `python -m connectors.sandbox`
runs it, `network.Network` is what a further network implements.
"""
