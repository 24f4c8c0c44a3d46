"""Reporting: read models, the weekly situation picture, what may be shown of it and to whom."""
