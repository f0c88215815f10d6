"""What all tests share: hypothesis without a clock, since kernels compile when first called."""

from hypothesis import HealthCheck, settings

settings.register_profile("dedup", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dedup")
