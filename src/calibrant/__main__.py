"""``python -m calibrant``: the same as the installed command."""

from calibrant.cli import main

main()
