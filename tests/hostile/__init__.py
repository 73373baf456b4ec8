"""Every network × everything that a stranger can send: what became of it, and that the rest came through."""
