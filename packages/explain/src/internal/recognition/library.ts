/**
 * Reads exceptions from libraries for a single API. Each exception preserves the status, the code or the message of the
 * response, and discards the rest. The supported APIs include Discord, X, Reddit, Spotify, Google, Twilio, Stripe, GitLab,
 * Strava, Dropbox, Box, Plex and Notion.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Around from "./around.ts"
import * as Facebook from "./json/facebook.ts"
import { github } from "./libraries/github.ts"
import { storages } from "./libraries/storages.ts"
import { telegram } from "./libraries/telegram.ts"
import type { Shape } from "./libraries/shape.ts"
import { assumed, type Recognized } from "./recognized.ts"

/** Maps Stripe's exception classes to statuses (https://docs.stripe.com/api/errors). */
const ofStripe: Readonly<Record<string, string>> = {
  authentication: "401",
  permission: "403",
  invalidrequest: "400",
  card: "402",
  ratelimit: "429",
  idempotency: "400",
}

const shapes: ReadonlyArray<Shape> = [
  ...storages,
  {
    of: "a library of Discord",
    url: "https://discord.com/api/v10",
    pattern: /\b(\d{3}) [A-Z][A-Za-z ]{1,40} \(error code: (\d{1,6})\): ([^\n]{1,500})/,
    kept: ([, status, code, message]) => ({ status, body: { message, code: Number(code) } }),
  },
  {
    of: "a library of Discord",
    url: "https://discord.com/api/v10",
    pattern: /(?:Discord(?:API|REST|HTTP)Error ?\[|responded with error |ErrorResponseException: )(\d{1,6})\]?: ([^\n]{1,500})/,
    kept: ([, code, message], text) => ({
      status: /\b(?:status|httpStatus): ([45]\d\d)\b/.exec(text)?.[1],
      body: { message, code: Number(code) },
    }),
  },
  {
    of: "a library of Discord",
    url: "https://discord.com/api/v10/users/@me",
    pattern: /LoginFailure: Improper token has been passed|\[?Token_?Invalid\]?\]?: An invalid token was provided/i,
    kept: () => ({ status: "401", body: { message: "401: Unauthorized", code: 0 } }),
  },
  {
    of: "Tweepy",
    url: "https://api.twitter.com/2",
    pattern: /tweepy\.(?:errors|error)\.\w{3,40}: ([45]\d\d) [A-Z][\w ]{2,40}\n(?:(\d{2,4}) - )?([^\n]{1,800})/,
    kept: ([, status, code, message]) => ({
      status,
      body: code === undefined ? { detail: message, status: Number(status) } : { errors: [{ code: Number(code), message }] },
    }),
  },
  {
    of: "PRAW, a library of Reddit",
    url: "https://www.reddit.com/api/v1/access_token",
    pattern: /prawcore\.exceptions\.OAuthException: (\w{3,40}) error processing request(?: \(([^\n]{1,300})\))?/,
    kept: ([, error, description]) => ({ status: "400", body: { error, error_description: description ?? "" } }),
  },
  {
    of: "PRAW, a library of Reddit",
    url: "https://oauth.reddit.com/api/v1/me",
    pattern: /prawcore\.exceptions\.\w{3,40}: received (\d{3}) HTTP response/,
    kept: ([, status]) => ({ status, body: undefined }),
  },
  {
    of: "Spotipy",
    url: "https://api.spotify.com/v1",
    pattern:
      /http status: (\d{3}), code: ?-?\d{1,4} - (?:(https?:\/\/[^\s]{1,2000}?):\s{0,4})?([^\n]{1,500}?)(?:, reason: ([^\n]{1,100}))?(?:\n|$)/,
    kept: ([, status, url, message, reason]) => ({
      status,
      url,
      body: { error: { status: Number(status), message, ...(reason === "None" || reason === undefined ? {} : { reason }) } },
    }),
  },
  {
    of: "Google's library for Python",
    url: "https://www.googleapis.com",
    pattern: /<HttpError ([45]\d\d) when requesting (\S{1,4000}) returned "([^\n]{0,600}?)"(?:\. Details: "([^\n]{1,4000}?)")?>[ \t]{0,8}(?=["')\n]|$)/,
    kept: ([, status, url, message, details = ""]) => ({
      status,
      url,
      body: {
        error: {
          code: Number(status),
          message,
          errors: [{ reason: /'reason': '(\w{2,80})'/.exec(details)?.[1] ?? "", message }],
        },
      },
    }),
  },
  {
    of: "Google's library for Go",
    url: "https://www.googleapis.com",
    pattern: /googleapi: (?:got HTTP response code|Error) ([45]\d\d)(?:: | with body: )([^\n]{0,800}?)(?:, ([a-z][A-Za-z]{3,60}))?(?:\n|$)/,
    kept: ([, status, message, reason]) => ({
      status,
      body: { error: { code: Number(status), message, errors: [{ reason: reason ?? "", message }] } },
    }),
  },
  {
    of: "Google's library for .NET",
    url: "https://www.googleapis.com",
    pattern: /Google\.Apis\.Requests\.RequestError\s{1,8}([^\n]{1,500}) \[([45]\d\d)\](?:[^[]{0,40}\[[^[]{0,40}Message\[[^\]]{0,500}\] Location\[[^\]]{0,100}\] Reason\[(\w{1,80})\])?/,
    kept: ([, message, status, reason]) => ({
      status,
      body: { error: { code: Number(status), message, errors: [{ reason: reason ?? "", message }] } },
    }),
  },
  {
    of: "Twilio's library",
    url: "https://api.twilio.com/2010-04-01",
    pattern: /(?:\[HTTP ([45]\d\d)\]|HTTP ([45]\d\d) error:) (Unable to [^\n]{1,500})/,
    kept: ([, php, python, message = ""]) => ({
      status: php ?? python,
      body: { message, ...(/: Authenticate\b/.test(message) ? { code: 20_003 } : {}) },
    }),
  },
  {
    of: "Stripe's library",
    url: "https://api.stripe.com/v1",
    pattern:
      /\bStripe[\w.\\:]{0,40}?(Authentication|Permission|InvalidRequest|Card|RateLimit|Idempotency)(?:Error|Exception)\b[^\n:]{0,40}: (?:Request req_\w{1,40}: )?([^\n]{1,600})/i,
    kept: ([, name = "", message]) => ({
      status: ofStripe[name.toLowerCase()],
      body: { error: { message, type: `${name.toLowerCase()}_error`, doc_url: "https://stripe.com/docs" } },
    }),
  },
  {
    of: "a library of Salesforce",
    url: "https://login.salesforce.com/services/data",
    pattern: /\b(UNABLE_TO_LOCK_ROW): ?(unable to obtain exclusive access[^\n]{1,300})/,
    kept: ([, errorCode, message]) => ({ status: "400", body: [{ message, errorCode }] }),
  },
  ...github,
  ...telegram,
  {
    of: "python-gitlab",
    url: "https://gitlab.com/api/v4",
    pattern: /gitlab\.exceptions\.\w{3,60}: ([45]\d\d): ([^\n]{1,400})/,
    kept: ([, status, message = ""]) => ({
      status,
      body: /^[a-z]+_[a-z_]+$/.test(message) ? { error: message } : { message: `${status} ${message}` },
    }),
  },
  {
    of: "stravalib",
    url: "https://www.strava.com/api/v3",
    pattern:
      /stravalib\.exc\.\w{3,40}: (?:\w{3,40}: )?([\w ]{3,60}): \[\{'resource': '(\w{1,40})', 'field': '([\w:]{0,60})', 'code': '([\w ]{1,60})'\}/,
    kept: ([, message, resource, field, code], text) => ({
      status: /AccessUnauthorized|Unauthorized/.test(text) ? "401" : undefined,
      body: { message, errors: [{ resource, field, code }] },
    }),
  },
  {
    of: "Dropbox' library for Python",
    url: "https://api.dropboxapi.com/2",
    pattern:
      /AuthError\('[^'\n]{0,100}', ?(?:AuthError\()?'?(\w{3,60})'?(?:, ?TokenScopeError\(required_scope='([\w.]{1,80})'\))?/,
    kept: ([, tag, scope]) => ({
      status: "401",
      body: { error_summary: `${tag}/`, error: { ".tag": tag, ...(scope === undefined ? {} : { required_scope: scope }) } },
    }),
  },
  {
    of: "Dropbox' library for Python",
    url: "https://api.dropboxapi.com/2",
    pattern: /BadInputError\('[^'\n]{0,100}', ?["']([^\n]{1,600})["']\)/,
    kept: ([, message = ""]) => ({ status: "400", body: { error_summary: message.replaceAll("\\'", "'") } }),
  },
  {
    of: "Box's library for Python",
    url: "https://api.box.com/2.0",
    pattern: /boxsdk\.exception\.\w{3,40}:\s{1,8}Message: ([^\n]{0,400})\n\s{0,8}Status: ([45]\d\d)\n(?:\s{0,8}Code: (\w{1,80})\n)?/,
    kept: ([, message, status, code]) => ({ status, body: { message, code: code ?? "", status: Number(status) } }),
  },
  {
    of: "python-plexapi",
    url: "https://plex.tv/api/v2",
    pattern: /plexapi\.exceptions\.\w{3,40}: \(([45]\d\d)\) (\w{3,40}); (https?:\/\/\S{1,2000})(?: ([^\n]{1,600}))?/,
    kept: ([, status, , url, page]) => ({ status, url, body: page }),
  },
  {
    of: "X's older API, which returns XML",
    url: "https://api.twitter.com/oauth/request_token",
    pattern: /<errors>\s{0,40}<error code=\\?"(\d{1,4})\\?">\s{0,40}([^<]{1,500}?)\s{0,40}<\/error>/,
    kept: ([, code, message = ""], text) => ({
      status: Around.statusIn(text) === undefined ? undefined : String(Around.statusIn(text)),
      body: { errors: [{ code: Number(code), message: message.replaceAll(/\s+/g, " ") }] },
    }),
  },
  {
    of: "restfly, a Python client",
    url: "",
    pattern: /\[([45]\d\d): [A-Z]{3,7}\] (https?:\/\/\S{1,2000}) body=b(["'])([^\n]{1,2000}?)(?:\\n)?\3/,
    kept: ([, status, url, , body]) => ({ status, url, body: { message: body } }),
  },
  {
    of: "a Go client",
    url: "",
    pattern:
      /\b(?:GET|HEAD|PUT|POST|PATCH|DELETE) (https?:\/\/[^\s"]{1,2000}): ([45]\d\d)(?: \(request "[^"\n]{0,100}"\))? ([^\n[{]{3,400}?)(?=,? requeuing|[\n["]|$)/,
    kept: ([, url, status, message = ""]) => ({ status, url, body: { message: message.trim() } }),
  },
  {
    of: "go-gitlab",
    url: "https://gitlab.com/api/v4",
    pattern: /\b(https?:\/\/[^\s"]{1,2000}): ([45]\d\d) \{error: (\w{3,60})\}, \{error_description: ([^}\n]{1,500})\}/,
    kept: ([, url, status, error, description]) => ({ status, url, body: { error, error_description: description } }),
  },
  {
    of: "py-trello",
    url: "https://api.trello.com/1",
    pattern: /\b((?:invalid|unauthorized|expired) [\w ]{3,60}) at (https:\/\/api\.trello\.com\/\S{1,2000}) \(HTTP status: ([45]\d\d)\)/,
    kept: ([, message, url, status]) => ({ status, url, body: { message } }),
  },
  {
    of: "Mastodon.py",
    url: "",
    pattern: /\('[^'\n]{3,120}', ([45]\d\d), '[^'\n]{2,60}', '([^'\n]{3,400})'\)/,
    kept: ([, status, error]) => ({ status, body: { error } }),
  },
  {
    of: "the Hugging Face library",
    url: "https://huggingface.co",
    pattern: /\b([45]\d\d) Client Error[^\n]{0,400}\(Request ID: [^)\n]{1,200}\)[^\n]{0,20}\n\s{0,8}([^\n]{3,400}(?:\n[^\n]{3,400}){0,2})/,
    kept: ([, status, error]) => ({ status, body: { error: error?.replaceAll(/\s+/g, " ") } }),
  },
  {
    of: "Notion's library",
    url: "https://api.notion.com/v1",
    pattern: /\bAPIResponseError: ([^\n]{1,400})/,
    kept: ([, message = ""], text) => ({
      status: /\bstatus: ([45]\d\d)\b/.exec(text)?.[1] ?? (/token is invalid/i.test(message) ? "401" : undefined),
      body: {
        object: "error",
        code: /\bcode: ['"]?(\w{3,60})/.exec(text)?.[1] ?? (/token is invalid/i.test(message) ? "unauthorized" : ""),
        message,
      },
    }),
  },
] // prettier-ignore

const requestOf = (method: string | undefined, url: string): Pick<Exchange, "request"> =>
  url === "" ? {} : { request: { ...(method === undefined ? {} : { method }), url } }

/** Reads an exception from a library for a single API. */
export const read = (text: string): Recognized | undefined => {
  for (const { kept, of, pattern, url } of shapes) {
    const groups = pattern.exec(text)
    if (groups === null) continue
    const { body, status, url: own } = kept(groups, text)
    const around = Around.requestIn(text)
    const asked = own ?? around?.url
    const written = typeof body === "string" ? body : body === undefined ? undefined : JSON.stringify(body)
    return {
      exchange: {
        ...requestOf(around?.method, asked?.startsWith("http") === true ? Around.trimmed(asked) : url),
        response: {
          ...(status === undefined ? assumed(400) : { status: Number(status) }),
          ...(written === undefined
            ? {}
            : {
                headers: { "content-type": typeof body === "string" ? "text/html" : "application/json" },
                body: written,
              }),
        },
      },
      as: `an exception of ${of}`,
    }
  }
  return Facebook.read(text)
}
