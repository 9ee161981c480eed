/**
 * Breathing: long work gives way so that the page can paint and answer a tap.
 *
 * A timer would wait 4 ms each time once it is nested; a message comes at once, behind whatever the browser has to do.
 */

/** Milliseconds of work between two breaths: on a slow phone one more slice still ends within 50. */
const SLICE = 8;

let since = performance.now();

/** Give way where it is time to.  @returns {Promise<void> | void} */
export function breathe() {
  return performance.now() - since < SLICE ? undefined : pause();
}

/** Give way.  @returns {Promise<void>} */
export function pause() {
  return new Promise((resume) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      since = performance.now();
      resume();
    };
    port2.postMessage(null);
  });
}
