"""Settings for the whole suite."""

from hypothesis import settings

# A deadline measures how busy the machine is, not whether the code is right.
settings.register_profile("labelsphere", deadline=None)
settings.load_profile("labelsphere")
