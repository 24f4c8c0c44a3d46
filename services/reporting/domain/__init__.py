"""What reporting decides: what may be shown, and what a weekly picture says. Pure."""
