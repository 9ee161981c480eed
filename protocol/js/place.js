/**
 * Places: an 800 m grid, so that an alert tells a neighbourhood and never a door.  SPEC 12.2.
 *
 * Latitude and longitude are whole millionths of a degree (WGS 84), and all arithmetic is on whole numbers below 2^53,
 * so that both languages put a point into the same cell.  Rows are 7,200 millionths of latitude high: 801 m on a sphere
 * of 6,371 km.  Within a row every cell is as wide in longitude as gives 801 m there: 7,200 / cos(latitude of the row's
 * middle), with the cosine by Bhaskara's formula, cos x = (32,400 - 4x²) / (32,400 + x²) for x in degrees: cells are
 * between 793 and 803 m wide.  Row 0 begins at the equator, column 0 at Greenwich; the column at 180 degrees is cut
 * short.
 *
 * Pure: reads no clock, touches no store.
 */
import { Refused } from "./errors.js";

export const DEGREE = 1_000_000;
export const HEIGHT = 7_200;
export const CELL_METRES = 801;
/** From a cell's middle to its corners: the circle that a map or CAP draws. */
export const RADIUS_METRES = 567;
/** Nearer the poles the formula's cells are no longer 800 m wide. */
export const MAX_LATITUDE = 80 * DEGREE;
export const HALF_TURN = 180 * DEGREE;

const CELL = /^(0|-?[1-9][0-9]{0,4}),(0|-?[1-9][0-9]{0,4})$/;

/**
 * The cell, `column,row`, that holds a point given in millionths of a degree.
 *
 * Throws Refused("shape") beyond 80 degrees north or south, or outside -180 <= longitude < 180 degrees.
 * @param {number} latitude @param {number} longitude @returns {string}
 */
export function cellOf(latitude, longitude) {
  const whole = Number.isInteger(latitude) && Number.isInteger(longitude);
  if (!whole || Math.abs(latitude) > MAX_LATITUDE || longitude < -HALF_TURN || longitude >= HALF_TURN) {
    const sentence =
      "A place lies within 80 degrees of the equator and 180 of Greenwich; this one is at " +
      `${latitude}, ${longitude} millionths.`;
    throw new Refused("shape", sentence);
  }
  const row = divide(latitude, HEIGHT);
  return `${divide(longitude, widthOf(row))},${row}`;
}

/**
 * The middle of a cell as latitude and longitude in millionths of a degree.
 *
 * Throws Refused("shape") for a text that `cellOf` never writes.
 * @param {string} cell @returns {[number, number]}
 */
export function centreOf(cell) {
  const match = CELL.exec(cell);
  if (match === null) {
    const said = Array.from(cell).slice(0, 40).join("");
    throw new Refused("shape", `A cell is its column and row, such as -13439,5185; this is "${said}".`);
  }
  const [column, row] = [Number(match[1]), Number(match[2])];
  const [south, north] = [divide(-MAX_LATITUDE, HEIGHT), divide(MAX_LATITUDE, HEIGHT)];
  if (row < south || row > north) throw new Refused("shape", `Rows go from ${south} to ${north}; this is ${row}.`);
  const width = widthOf(row);
  const [west, east] = [divide(-HALF_TURN, width), divide(HALF_TURN - 1, width)];
  if (column < west || column > east) {
    throw new Refused("shape", `Row ${row} has the columns ${west} to ${east}; this is ${column}.`);
  }
  const latitude = Math.min(Math.max(row * HEIGHT + HEIGHT / 2, -MAX_LATITUDE), MAX_LATITUDE);
  return [latitude, Math.min(Math.max(column * width + divide(width, 2), -HALF_TURN), HALF_TURN - 1)];
}

/** @param {number} row @returns {number} how wide its cells are, in millionths of a degree of longitude */
function widthOf(row) {
  const middle = divide(Math.abs(row * HEIGHT + HEIGHT / 2), 1000); // Its square times 7,200 stays below 2^53.
  const square = middle * middle;
  return divide(HEIGHT * (32_400_000_000 + square), 32_400_000_000 - 4 * square);
}

/**
 * Whole-number division, rounded down.  By the remainder, which is exact, where a quotient might be rounded up.
 * @param {number} a @param {number} b above zero @returns {number}
 */
function divide(a, b) {
  const rest = ((a % b) + b) % b;
  return (a - rest) / b + 0; // Not -0, which would be written alike and be another value.
}
