"""The demo: the season of Kungsholmen, played through the public HTTP APIs."""
