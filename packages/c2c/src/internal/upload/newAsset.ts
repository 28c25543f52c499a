/**
 * Decides whether to create a new asset to replace one whose upload URLs are rejected.
 */

/**
 * The maximum number of times that an asset with expired URLs is replaced. URLs are valid for 24 h, so a third replacement
 * would be needed only after three days.
 */
export const maximumRecreations = 2

/** Describes why the URLs of an asset are rejected. */
export interface Refusal {
  /** The tag of the error that reported the rejection. */
  readonly cause: string
  /** Whether a URL had already expired, according to the server's clock, when it was received. */
  readonly endedBefore: boolean
  /** Whether a URL was valid when it was received but has expired since then. */
  readonly endedSince: boolean
}

/**
 * The causes that creating another asset did not resolve. All uploads share these causes. If a storage rejects every URL,
 * each additional file therefore leaves at most one asset behind.
 */
export interface Causes {
  readonly has: (cause: string) => boolean
  readonly add: (cause: string) => void
  readonly clear: () => void
}

/**
 * Whether creating another asset can resolve a rejection.
 *
 * **Details**
 *
 * If URLs were valid when they were received but have passed their stated expiration time, the asset is replaced, at most
 * twice. A new asset may resolve any other rejection, so one new asset is created for each cause. URLs that had already
 * expired when they were received are not replaced, because a new asset's URLs would be no better.
 */
export const cures = (refusal: Refusal, earlier: ReadonlyArray<Refusal>, incurable: Causes): boolean => {
  if (refusal.endedBefore || earlier.length >= maximumRecreations) return false
  if (refusal.endedSince) return true
  return !incurable.has(refusal.cause) && !earlier.some(({ cause }) => cause === refusal.cause)
}
