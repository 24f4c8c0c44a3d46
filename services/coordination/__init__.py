"""Coordination: EST and everything a coordinator decides."""
