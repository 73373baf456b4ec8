"""The networks: what they can do, how they are read and written. Knows nothing of tickets and nothing of Django."""
