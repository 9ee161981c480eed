"""The clock: it sweeps the store for what is due, runs the gate, keeps the log, delivers, pages and burns.

Whatever it does is found by a row and can be done again: Redis may be wiped and any process killed at any instant.
"""
