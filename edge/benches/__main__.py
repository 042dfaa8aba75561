"""Lets `python -m edge.benches` be `earrand bench`."""

from edge.benches.commands import bench_app

if __name__ == "__main__":
    bench_app(prog_name="earrand bench")
