"""The open door: the form that seals tips, and the doors that take them sealed.

It uses of the store only what an open door needs: the engine, envelopes, the drop, and rosters and sets to read.  No
line of the desk is on its host.
"""
