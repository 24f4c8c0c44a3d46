"""The ways anything changes in notify: a delivery is requested, mail is sent, the live told."""
