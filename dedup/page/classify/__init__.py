"""Blocks to labels: features, networks and rules, and the one place that decides between them."""
