"""Every network × every fault of the panel × every way: what happened, who saw what, and that nothing was lost."""
