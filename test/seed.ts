import fc from "fast-check";

/**
 * The one seed of every random test. `npm test` takes the same each time, so that a red run means something; the soak
 * takes a new one. `TEST_SEED` replays a run: each failure prints it.
 */
const FIXED = 20_261_127;

const given = process.env.TEST_SEED;

export const SEED = given === "new" ? Math.floor(Math.random() * 2 ** 31) : Number(given ?? FIXED);

fc.configureGlobal({ seed: SEED });
