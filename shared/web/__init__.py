"""What every service's HTTP face has in common: app, problems, sign-in, limits, pages."""
