"""`python -m plugin.cli`: the command without an installed script."""

from plugin.cli import main

main(prog_name="deskgauge")
