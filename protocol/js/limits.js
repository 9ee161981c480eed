/**
 * Every number both sides must agree on, each with its why.  SPEC 1.
 *
 * Pure: constants only.
 */
export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;

/** Clocks of phones and volunteers' laptops drift; five minutes is what NTP-less devices stay within. */
export const CLOCK_SKEW = 5 * MINUTE;

// Keys and rosters.
/** One week: short enough that a seizure opens little, long enough for weekend volunteers. */
export const EPOCH_SECONDS = 7 * DAY;
/** 1970-01-01 was a Thursday; epochs begin on Monday 00:00 UTC. */
export const EPOCH_OFFSET = 3 * DAY;
/** A tip that was sealed on Sunday night must still open after Monday's first shift. */
export const EPOCH_GRACE = 7 * DAY;
/** A desk that stays closed for two weeks still leaves keys for its tips. */
export const EPOCHS_AHEAD = 2;
/** A thief of an old roster gains at most this long. */
export const ROSTER_LIFE = 30 * DAY;
/** Periods signed ahead: custodians who can't meet for a season don't end the network. */
export const ROSTERS_AHEAD = 3;
/** The next begins before the last ends: desks sign new sets, and no clock falls between. */
export const ROSTER_OVERLAP = DAY;
/** Root changes a bundle carries; a policy file older than four changes is asked to be renewed. */
export const ROOT_LINKS = 4;
/** A lead's word holds until the custodians can meet. */
export const STAY_LIFE = 7 * DAY;
/** The grain of a notice: what it says of people's shifts is no finer. */
export const QUARTER = 15 * MINUTE;
/** Longer, and somebody has forgotten it: nobody should read a notice that nobody stands by. */
export const NOTICE_LIFE = DAY;
export const LENT_LIFE = 30 * DAY;
export const CERTIFICATION = 366 * DAY;
/** One person never publishes: no setting goes below this. */
export const MIN_QUORUM = 2;
/** Verifiers of one desk: keeps an envelope's header under 50 kB. */
export const MAX_MEMBERS = 32;
/** 66 bits from 2,048 words, behind Argon2id. */
export const MIN_PASSPHRASE_WORDS = 6;

// Tips and envelopes.
/** age's chunk; the preview is exactly the first one. */
export const CHUNK = 65_536;
/** The only plaintext sizes there are. */
export const BUCKETS = Object.freeze([CHUNK, 1 << 20, 4 << 20, 16 << 20]);
export const MAX_HEADER = 60_000;
/** Photos; and as many sealed originals. */
export const MAX_FILES = 3;
/** What an upload of photos travels in: a slow link loses little when it drops. */
export const PART = 256 * 1024;
/** Pixels: lettering on a vest across a street can be read, and three photos fit 4 MiB. */
export const MAX_SIDE = 1600;
/** What a desk's browser decodes without harm; phones make up to 50 million. */
export const MAX_PIXELS = 64_000_000;
export const LEGAL_BYTES = 12_288;
export const LEGAL_STANZAS = 4;
export const MAX_DAY_SKEW = 2;

// The drop.
/** Bytes: one stanza, a question of 280 characters in any script, its signature. */
export const CELL = 4096;
/** Somebody who comes back once a day finds what was asked, and can miss two days. */
export const DROP_HOURS = 72;
/** Cells of the smallest drop; the next has twice as many, so that a count tells little. */
export const DROP_STEP = 16;
/** 4 MiB: what a phone still fetches while its owner reads. */
export const DROP_CELLS = 1024;
export const MAX_QUESTION = 280;

// Alerts.
/** Two people can be found and re-check in ten minutes, or the alert should not stand. */
export const LAPSE = 10 * MINUTE;
export const EXPIRY_DEFAULT = 120 * MINUTE;
/** Nothing stands for longer without being a new alert. */
export const EXPIRY_CAP = 240 * MINUTE;
/** Older than this, a first alert describes the past. */
export const FIRST_SEND = 15 * MINUTE;
/** The gate's bound, so that nobody back-dates a stop. */
export const STOP_SKEW = 2 * MINUTE;
export const MAX_SUPERSEDES = 8;
export const MAX_FREE = 140;
export const MAX_ALERT = 64 * 1024;
export const MAX_BUNDLE = 1 << 20; // A roster of 1,000 verifiers takes 170 kB, and four root changes may each be as long.
export const MAX_SLIP = 8 * 1024; // The largest QR code holds 2,864 bytes of base45; a link in a message may hold more.
export const MAX_POLICY = 16 * 1024;
