"""Balie, the Django project. Read it from the bottom up: people, inboxes, tickets, replies and sla, then actions."""
