/**
 * When another asset is created in place of one whose upload URLs are refused.
 */

/** New assets in place of one whose URLs expired: URLs live 24 h, so a third one would be the third day. */
export const maximumRecreations = 2

/** Why the URLs of an asset are refused. */
export interface Refusal {
  /** The tag of the error. */
  readonly cause: string
  /** Whether a URL had already ended when it came in, by the server's own clock. */
  readonly endedBefore: boolean
  /** Whether a URL that was valid when it came in has ended since. */
  readonly endedSince: boolean
}

/**
 * Causes that another asset did not cure. Shared by all uploads, so that a storage that refuses every URL leaves at most one
 * asset for each further file.
 */
export interface Causes {
  readonly has: (cause: string) => boolean
  readonly add: (cause: string) => void
  readonly clear: () => void
}

/**
 * Whether another asset can cure a refusal.
 *
 * **Details**
 *
 * URLs that were valid and have ended by their own statement are replaced, at most twice. Any other refusal is a cause that a new
 * asset may cure, so each cause gets one new asset. URLs that had ended before they came in would come in like that again.
 */
export const cures = (refusal: Refusal, earlier: ReadonlyArray<Refusal>, incurable: Causes): boolean => {
  if (refusal.endedBefore || earlier.length >= maximumRecreations) return false
  if (refusal.endedSince) return true
  return !incurable.has(refusal.cause) && !earlier.some(({ cause }) => cause === refusal.cause)
}
