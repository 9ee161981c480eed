/**
 * Taken back: what a person no longer wants sent goes no step further.
 */

/** What was under way was taken back, or its page was left. */
export class TakenBack extends Error {}

/**
 * Throws TakenBack where the signal has ended.  Its own `throwIfAborted` is younger than some browsers that this page
 * is for.
 * @param {AbortSignal} signal
 */
export function heed(signal) {
  if (signal.aborted) throw new TakenBack();
}
