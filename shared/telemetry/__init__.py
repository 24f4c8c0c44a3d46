"""What every process tells about itself: time, traces, logs, metrics, health. Never content."""
