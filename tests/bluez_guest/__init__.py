"""Real BlueZ on both ends without hardware, in a Linux that runs as a process (User-Mode Linux)."""
