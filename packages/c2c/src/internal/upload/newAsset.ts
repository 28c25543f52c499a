/**
 * Decides when another asset replaces one whose upload URLs are rejected.
 */

/** The most assets that replace one whose URLs expired. URLs live 24 h, so a third replacement would mean a third day. */
export const maximumRecreations = 2

/** Why the URLs of an asset are rejected. */
export interface Refusal {
  /** The tag of the error. */
  readonly cause: string
  /** Whether a URL had already expired when it arrived, by the server's clock. */
  readonly endedBefore: boolean
  /** Whether a URL that was valid when it arrived has expired since. */
  readonly endedSince: boolean
}

/**
 * Causes that another asset did not resolve. All uploads share them, so that a storage that rejects every URL leaves at most
 * one asset for each further file.
 */
export interface Causes {
  readonly has: (cause: string) => boolean
  readonly add: (cause: string) => void
  readonly clear: () => void
}

/**
 * Whether another asset can resolve a rejection.
 *
 * **Details**
 *
 * URLs that were valid and have expired by their own statement are replaced, at most twice. Any other rejection is a cause that
 * a new asset may resolve, so each cause gets one new asset. URLs that had expired before they arrived would be no better in a
 * new asset.
 */
export const cures = (refusal: Refusal, earlier: ReadonlyArray<Refusal>, incurable: Causes): boolean => {
  if (refusal.endedBefore || earlier.length >= maximumRecreations) return false
  if (refusal.endedSince) return true
  return !incurable.has(refusal.cause) && !earlier.some(({ cause }) => cause === refusal.cause)
}
