/**
 * Reads the pages and messages of intermediaries.
 */
import type { Who } from "./answerers.ts"
import { edges } from "./pages/edges.ts"
import * as Iis from "./pages/iis.ts"
import type { Page } from "./pages/page.ts"
import { platforms } from "./pages/platforms.ts"
import { proxies } from "./pages/proxies.ts"

export type { Page, PageCause } from "./pages/page.ts"

/** The pages; the first match counts. */
const pages: ReadonlyArray<Page> = [...edges, ...Iis.pages, ...proxies, ...platforms]

/** The page that the author of a response sent. */
export const read = (who: Who, text: string, status: number): Page | undefined =>
  pages.find(
    (one) =>
      one.who.includes(who) &&
      (one.status === undefined || one.status.includes(status)) &&
      (one.text === undefined || one.text.test(text)),
  )
