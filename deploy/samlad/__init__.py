"""The operator's package: command line, embedded stack, demo, doctor, benches."""
