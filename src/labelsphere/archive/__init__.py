"""Tagging at size: many pictures, and the files that stand beside them."""
