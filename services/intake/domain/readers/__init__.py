"""The readers of publishers' files: one kind, one module; `kinds` lists them. Pure."""
