/** p-retry: retries over promises. */
import pRetry from "p-retry"
import { awaiting, type Case } from "../Case.ts"

export const cases: Readonly<Record<string, Case>> = {
  retry: awaiting((action) => pRetry(action, { retries: 7, minTimeout: 500, maxTimeout: 32_000 })),
}
