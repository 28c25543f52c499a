/**
 * Remembers which names were reported as skipped, so that each reason is reported once.
 */
import type { SkipReason } from "../../WatchEvent.ts"

export const make = () => {
  const reported = new Map<string, { readonly reason: SkipReason; scan: number }>()
  return {
    /** Records a reason. Returns whether the reason must be reported. */
    isNew: (relative: string, reason: SkipReason, scan: number): boolean => {
      const before = reported.get(relative)
      if (before?.reason === reason) {
        before.scan = scan
        return false
      }
      reported.set(relative, { reason, scan })
      return true
    },
    /** Records that a reason still applies, if there is one. */
    keep: (relative: string, scan: number): void => {
      const before = reported.get(relative)
      if (before !== undefined) before.scan = scan
    },
    /** Records that a name is not skipped. */
    clear: (relative: string): void => {
      if (reported.size > 0) reported.delete(relative)
    },
    /** Forgets the names that a complete scan did not report. */
    sweep: (scan: number): void => {
      for (const [relative, one] of reported) if (one.scan !== scan) reported.delete(relative)
    },
  }
}

export type Skips = ReturnType<typeof make>
