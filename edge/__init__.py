"""The assistant on the wearable."""

__version__ = "0.1.0"
