/**
 * Reads the pages and messages from intermediaries.
 */
import type { Who } from "./answerers.ts"
import { edges } from "./pages/edges.ts"
import * as Iis from "./pages/iis.ts"
import type { Page } from "./pages/page.ts"
import { platforms } from "./pages/platforms.ts"
import { proxies } from "./pages/proxies.ts"

export type { Page, PageCause } from "./pages/page.ts"

/** The known pages. The first page that matches is used. */
const pages: ReadonlyArray<Page> = [...edges, ...Iis.pages, ...proxies, ...platforms]

/** Returns the page that the author of the response sent. */
export const read = (who: Who, text: string, status: number): Page | undefined =>
  pages.find(
    (one) =>
      one.who.includes(who) &&
      (one.status === undefined || one.status.includes(status)) &&
      (one.text === undefined || one.text.test(text)),
  )
