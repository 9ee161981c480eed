"""The locksmith: makes root keys, founds networks, enrols people and publishes rosters, on a machine that is offline.

The pure half (`words`, `dates`, `request`, `custodian`, `ceremony`, `known`, `draft`, `enrol`, `difference`,
`publish`, `describe`) takes and gives values.  The thin edges are `disk`, `terminal` and the three files of commands.
"""
