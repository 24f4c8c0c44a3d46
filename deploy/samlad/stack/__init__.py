"""The embedded stack: real Kafka, MongoDB, Caddy and a mail sink without containers."""
