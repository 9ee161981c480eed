"""What two parties must agree on: the wire, in Python.

`js/` holds the same for browsers, `vectors/` what both must do.

Pure: no module here reads a clock, a disk, a socket or the environment; chance is drawn only where something is sealed
or a key is made.
"""
