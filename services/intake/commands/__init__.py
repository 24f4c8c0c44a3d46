"""Load, decide, append: the one way anything changes in intake."""
