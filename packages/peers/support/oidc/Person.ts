/**
 * The person with a telephone who approves a device: an HTTP client that fills in the forms of pages.
 */

/** A page: its URL and its HTML. */
interface Page {
  readonly url: string
  readonly html: string
}

/** The cookies of one browser, without their paths, because every name is used once here. */
const browser = () => {
  const cookies = new Map<string, string>()

  const visit = async (url: string, form?: Readonly<Record<string, string>>): Promise<Page> => {
    const response = await fetch(url, {
      method: form === undefined ? "GET" : "POST",
      redirect: "manual",
      headers: { accept: "text/html", cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === "") cookies.delete(name)
      else cookies.set(name, value)
    }
    const location = response.headers.get("location")
    // As 303 requires, the next page is fetched with GET.
    if (location !== null) return visit(new URL(location, url).href)
    return { url, html: await response.text() }
  }

  /** Submits the page's form with its hidden fields and those that the person fills in or presses. */
  const submit = ({ html, url }: Page, filled: Readonly<Record<string, string>>): Promise<Page> => {
    const action = /<form[^>]*\baction="([^"]*)"/.exec(html)?.[1]
    if (action === undefined) throw new Error(`no form at ${new URL(url).pathname}`)
    const hidden: Record<string, string> = {}
    for (const [input] of html.matchAll(/<input[^>]*\btype="hidden"[^>]*>/g)) {
      const attribute = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(input)?.[1] ?? ""
      hidden[attribute("name")] = attribute("value")
    }
    return visit(new URL(action, url).href, { ...hidden, ...filled })
  }

  return { submit, visit }
}

/** What the device shows to the person. */
interface Shown {
  readonly verificationUri: string
  readonly userCode: string
}

const enter = async ({ userCode, verificationUri }: Shown) => {
  const { submit, visit } = browser()
  const confirmation = await submit(await visit(verificationUri), { user_code: userCode })
  return { confirmation, submit }
}

/** Enters the code, confirms it, signs in as `login`, and grants what the device asks for. Returns the last page. */
export const approve = async (shown: Shown, login: string): Promise<string> => {
  const { confirmation, submit } = await enter(shown)
  const signIn = await submit(confirmation, { confirm: "yes" })
  const consent = await submit(signIn, { prompt: "login", login, password: "any" })
  return (await submit(consent, { prompt: "consent" })).html
}

/** Enters the code, and presses Abort at the confirmation. Returns the last page. */
export const refuse = async (shown: Shown): Promise<string> => {
  const { confirmation, submit } = await enter(shown)
  return (await submit(confirmation, { abort: "yes" })).html
}
