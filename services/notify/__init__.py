"""Notify: turns events into mail and a live stream, and owns their delivery."""
