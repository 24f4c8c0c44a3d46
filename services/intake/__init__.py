"""Intake: takes in concerns, SSPF outcomes and statistics; screens them; keeps the vault."""
