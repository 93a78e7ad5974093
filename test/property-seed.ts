import { configureGlobal } from 'fast-check'

/**
 * `npm test` gives the same answer for the same code: property tests begin from one seed. `PROPERTY_SEED=random npm test` looks
 * for new counterexamples; a failure prints its seed, and `PROPERTY_SEED=that` repeats it.
 */
const wish = process.env['PROPERTY_SEED'] ?? '20261123'
if (wish !== 'random') configureGlobal({ seed: Number(wish) })
