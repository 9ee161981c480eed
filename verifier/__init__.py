"""The desk: where verifiers sign in by key, open tips in their own browsers, work cases, attest, and stop alerts.

The server hands out sealed bytes and takes signed ones.  It enforces the desk's rules; it can read no tip.
"""
