"""How facts look on a screen: rows and entries ready to print, so that templates decide nothing."""
