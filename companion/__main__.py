"""Lets `python -m companion` be the companion's command."""

from companion.cli import main

if __name__ == "__main__":
    main()
