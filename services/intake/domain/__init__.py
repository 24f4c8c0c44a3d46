"""The rules of intake, pure: concerns, SSPF outcomes, statistics."""
