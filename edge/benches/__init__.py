"""Benches: programs that print what they measured, on what, and the peer beside it in the same run."""
