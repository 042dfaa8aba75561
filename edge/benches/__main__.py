"""Lets `python -m edge.benches` be `earrand bench`."""

from edge.benches import voice_commands
from edge.benches.commands import bench_app

assert voice_commands  # adds its commands to the app

if __name__ == "__main__":
    bench_app(prog_name="earrand bench")
