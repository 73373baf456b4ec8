"""One-time forms: how a customer without an account goes on with a public case in private."""
