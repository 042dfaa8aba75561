from edge.benches.figures import machine, percentile

__all__ = ["machine", "percentile"]
