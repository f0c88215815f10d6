"""Measurements of quality, speed and memory, beside the peers that are installed."""
