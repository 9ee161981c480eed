"""The locksmith: makes root keys, founds networks, enrols people and publishes rosters, on a machine that is offline.

The pure half (`words`, `dates`, `request`, `custodian`, `ceremony`, `known`, `draft`, `enrol`, `difference`,
`changes`, `publish`, `manifest`, `names`, `describe`) takes and gives values.  The thin edges are `disk`, `terminal`
and the files of commands, named for what they do: `founding`, `people`, `publishing`, `manifesting`, `naming`,
`staying`.
"""
