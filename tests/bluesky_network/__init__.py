"""Bluesky for real: the vendor's own servers, in a network of this machine that nothing leaves. `make test-bluesky`."""
