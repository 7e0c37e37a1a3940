"""Tagging of large collections of pictures: sources, journal, outputs and sidecars."""
