/**
 * The clock of this device, and leave for the page to paint and answer.
 */

/** @returns {number} Unix seconds by this device's clock */
export const clock = () => Math.floor(Date.now() / 1000);

/** Let the page paint and answer.  @returns {Promise<void>} */
export const breathe = () => new Promise((resolve) => setTimeout(resolve, 0));
