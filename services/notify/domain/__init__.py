"""Which events owe which messages, what the messages say, and what becomes of them. Pure."""
