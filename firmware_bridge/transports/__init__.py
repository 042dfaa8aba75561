"""Radios behind `pipe.Transport`."""

from firmware_bridge.transports.spec import OpenableTransport, open_central, open_peripheral

__all__ = ["OpenableTransport", "open_central", "open_peripheral"]
