/**
 * Describes the errors that GitHub clients print. The supported GitHub clients are Octokit, the GitHub CLI, go-github, and
 * GraphQL clients.
 */
import type { Shape } from "./shape.ts"

/** Maps GitHub's messages to statuses, for libraries that do not print the status. */
const statusesOfGitHub: ReadonlyArray<readonly [says: RegExp, status: string]> = [
  [/^Bad credentials|^Requires authentication/i, "401"],
  [/^Resource not accessible|rate limit|abuse|forbidden|must have|SAML/i, "403"],
  [/^Not Found/i, "404"],
  [/^Validation Failed/i, "422"],
]

/** The shapes of the errors, ordered from most to least specific. */
export const github: ReadonlyArray<Shape> = [
  {
    of: "a client of GitHub's GraphQL API",
    url: "https://api.github.com/graphql",
    pattern:
      /(?:\bGraphQL(?: error)?: |GraphqlResponseError: (?:Request failed due to following response errors:\s{1,4}- )?|\b(?=Your token has not been granted the required scopes))([^\n]{3,600}?)(?: \([\w.]{1,80}\))?(?:\n|$)/,
    kept: ([, message]) => ({ status: "200", body: { data: null, errors: [{ message }] } }),
  },
  {
    of: "a library of GitHub",
    url: "https://api.github.com",
    pattern:
      /(?<![\w.])(?:HttpError|RequestError \[HttpError\])(?: \[HttpError\])?: ([^\n]{1,400}?)(?: - (https:\/\/docs\.github\.com\/\S{1,300}))?(?:\n|$)/,
    kept: ([, message, documentation], text) => ({
      status: /\bstatus: ([45]\d\d)\b/.exec(text)?.[1] ?? statusesOfGitHub.find(([says]) => says.test(message ?? ""))?.[1],
      body: { message, documentation_url: documentation ?? "https://docs.github.com/rest" },
    }),
  },
  {
    of: "the GitHub CLI",
    url: "https://api.github.com",
    pattern: /^(?:gh|failed[^\n:]{0,80}|HTTP ([45]\d\d)): ([^\n]{1,400}?) \((?:HTTP ([45]\d\d)|https:\/\/api\.github\.com\S{0,400})\)/m,
    kept: ([, before, message, after]) => ({
      status: before ?? after,
      body: { message, documentation_url: "https://docs.github.com/rest" },
    }),
  },
  {
    of: "go-github",
    url: "https://api.github.com",
    pattern: /\b[A-Z]{3,6} (https:\/\/api\.github\.com\/\S{1,2000}): ([45]\d\d) ([^\n[]{1,400}) \[/,
    kept: ([, url, status, message]) => ({
      status,
      url,
      body: { message, documentation_url: "https://docs.github.com/rest" },
    }),
  },
] // prettier-ignore
