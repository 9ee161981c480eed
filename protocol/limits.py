"""Every number both sides must agree on, each with its why.  SPEC 1.

Pure: constants only.
"""

from __future__ import annotations

from typing import Final

MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 86_400

# Clocks of phones and volunteers' laptops drift; five minutes is what NTP-less devices stay within.
CLOCK_SKEW: Final = 5 * MINUTE

# Keys and rosters.
EPOCH_SECONDS: Final = (
    7 * DAY
)  # One week: short enough that a seizure opens little, long enough for weekend volunteers.
EPOCH_OFFSET: Final = 3 * DAY  # 1970-01-01 was a Thursday; epochs begin on Monday 00:00 UTC.
EPOCH_GRACE: Final = 7 * DAY  # A tip that was sealed on Sunday night must still open after Monday's first shift.
EPOCHS_AHEAD: Final = 2  # A desk that stays closed for two weeks still leaves keys for its tips.
ROSTER_LIFE: Final = 30 * DAY  # A thief of an old roster gains at most this long.
ROSTERS_AHEAD: Final = 3  # Periods signed ahead: custodians who can't meet for a season don't end the network.
ROSTER_OVERLAP: Final = DAY  # The next begins before the last ends: desks sign new sets, and no clock falls between.
ROOT_LINKS: Final = 4  # Root changes a bundle carries; a policy file older than four changes is asked to be renewed.
STAY_LIFE: Final = 7 * DAY  # A lead's word holds until the custodians can meet.
QUARTER: Final = 15 * MINUTE  # The grain of a notice: what it says of people's shifts is no finer.
NOTICE_LIFE: Final = DAY  # Longer, and somebody has forgotten it: nobody should read a notice that nobody stands by.
LENT_LIFE: Final = 30 * DAY
CERTIFICATION: Final = 366 * DAY
MIN_QUORUM: Final = 2  # One person never publishes: no setting goes below this.
MAX_MEMBERS: Final = 32  # Verifiers of one desk: keeps an envelope's header under 50 kB.
MIN_PASSPHRASE_WORDS: Final = 6  # 66 bits from 2,048 words, behind Argon2id.

# Tips and envelopes.
CHUNK: Final = 65_536  # age's chunk; the preview is exactly the first one.
BUCKETS: Final = (CHUNK, 1 << 20, 4 << 20, 16 << 20)  # The only plaintext sizes there are.
MAX_HEADER: Final = 60_000
MAX_FILES: Final = 3  # Photos; and as many sealed originals.
PART: Final = 256 * 1024  # What an upload of photos travels in: a slow link loses little when it drops.
MAX_SIDE: Final = 1600  # Pixels: lettering on a vest across a street can be read, and three photos fit 4 MiB.
MAX_PIXELS: Final = 64_000_000  # What a desk's browser decodes without harm; phones make up to 50 million.
LEGAL_BYTES: Final = 12_288
LEGAL_STANZAS: Final = 4
LEGAL_DAYS: Final = 7  # An attorney who looks once a week misses nothing; an unread envelope stands as long.
LEGAL_PARTS: Final = 8192  # Of one desk in those days: 100 MB, and more tips than people can open.
MAX_DAY_SKEW: Final = 2

# The drop.
CELL: Final = 4096  # Bytes: one stanza, a question of 280 characters in any script, its signature.
DROP_HOURS: Final = 72  # Somebody who comes back once a day finds what was asked, and can miss two days.
DROP_STEP: Final = 16  # Cells of the smallest drop; the next has twice as many, so that a count tells little.
DROP_CELLS: Final = 1024  # 4 MiB: what a phone still fetches while its owner reads.
MAX_QUESTION: Final = 280

# Alerts.
LAPSE: Final = 10 * MINUTE  # Two people can be found and re-check in ten minutes, or the alert should not stand.
EXPIRY_DEFAULT: Final = 120 * MINUTE
EXPIRY_CAP: Final = 240 * MINUTE  # Nothing stands for longer without being a new alert.
FIRST_SEND: Final = 15 * MINUTE  # Older than this, a first alert describes the past.
STOP_SKEW: Final = 2 * MINUTE  # The gate's bound, so that nobody back-dates a stop.
MAX_SUPERSEDES: Final = 8
DESK_KEYS: Final = 2  # What a desk joins, a proposer's and one second key: with more asked for, nothing goes out of it.
MAX_FREE: Final = 140
MAX_ALERT: Final = 64 * 1024
MAX_BUNDLE: Final = 1 << 20  # A roster of 1,000 verifiers takes 170 kB, and four root changes may each be as long.
MAX_SLIP: Final = 8 * 1024  # The largest QR code holds 2,864 bytes of base45; a link in a message may hold more.
MAX_POLICY: Final = 16 * 1024
