"""The front door: the `sereno` command.  It may import every other room; no room imports it."""
