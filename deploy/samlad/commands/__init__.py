"""The commands, one module per kind; each imports what it needs when it is called."""
