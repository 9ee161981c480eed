"""Measures: each figure of the product beside a bare reference that runs in the same moment on the same machine.

An absolute time on a shared machine says little; a ratio of two medians, taken turn and turn about, says how much our
own code adds to what nobody can do without.
"""
