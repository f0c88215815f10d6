"""Measurements of quality and speed, beside the peers that are installed."""
