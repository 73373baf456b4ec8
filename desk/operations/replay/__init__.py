"""Replaying files of real text on a sandbox network, in their own rhythm."""
