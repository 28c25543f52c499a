/**
 * Reads output from docker, podman, buildx, containerd and the kubelet about responses from an image registry.
 */
import * as Around from "../around.ts"
import { assumed, type Recognized } from "../recognized.ts"

/**
 * Messages from registries and their clients, with the code for each message (OCI Distribution Specification, "Error Codes").
 */
const codes: ReadonlyArray<readonly [RegExp, number, string]> = [
  [/\btoomanyrequests: ([^\n]{0,400})/, 429, "TOOMANYREQUESTS"],
  [/\b(failed to fetch anonymous token[^\n]{0,400})/, 401, "UNAUTHORIZED"],
  [/\b(no basic auth credentials)\b/, 401, "UNAUTHORIZED"],
  [/\bunauthorized: ([^\n]{0,400})/, 401, "UNAUTHORIZED"],
  [/\bdenied: ([^\n]{0,400})/, 403, "DENIED"],
  [/\b(pull access denied[^\n]{0,300})/, 403, "DENIED"],
  [/\b(failed to resolve (?:ref(?:erence)?|source)\b[^\n]{0,400}?: not found\b[^\n]{0,100})/i, 404, "MANIFEST_UNKNOWN"],
  [/\bmanifest (?:for \S{1,300} not found|unknown)(?:: ([^\n]{0,400}))?/, 404, "MANIFEST_UNKNOWN"],
  [/\bname unknown: ([^\n]{0,400})/, 404, "NAME_UNKNOWN"],
  [/\bblob unknown(?: to registry)?: ?([^\n]{0,400})/, 404, "BLOB_UNKNOWN"],
]

/** Matches the names of programs that work with images, and their progress messages. */
const speaks =
  /\bdocker\b|podman|buildah|skopeo|kaniko|response from daemon|buildx|failed to (?:solve|push|pull)|\bregistry\b|containerd|kubelet|ErrImagePull|CannotPullContainerError|ImagePullBackOff|\/v2\/\S{1,300}\/(?:manifests|blobs)\/|no basic auth credentials/i

/** Matches a line that only docker prints, such as `denied: …`. */
const alone = /^\s{0,8}(?:denied|unauthorized|toomanyrequests|manifest unknown|name unknown): /

/** Matches a page that was received in place of the registry's JSON, in the form in which Go clients quote it. */
const page = /error parsing HTTP ([1-5]\d\d) response body: [^"\n]{0,200}"((?:[^"\\]|\\.){1,20000})"/

const unquoted = (text: string): string => {
  try {
    return String(JSON.parse(`"${text}"`))
  } catch {
    return text
  }
}

/** Reads the registry's error code, which is printed in lower case, and the registry's message. */
export const read = (text: string): Recognized | undefined => {
  if (!speaks.test(text) && !alone.test(text)) return undefined
  const request = Around.requestIn(text)
  const asked = request === undefined ? {} : { request }
  const [, ofPage, quoted] = page.exec(text) ?? []
  if (quoted !== undefined) {
    const body = unquoted(quoted)
    const headers = { "content-type": body.trimStart().startsWith("<") ? "text/html" : "text/plain" }
    return {
      exchange: { ...asked, response: { status: Number(ofPage), headers, body } },
      as: "an HTML or text page received instead of a registry's response",
    }
  }
  const [, stated] =
    /(?:unexpected (?:HTTP )?status(?: code)?|status from \w{3,7} request to \S{1,1000}?):? ([1-5]\d\d)\b/.exec(text) ??
    []
  for (const [says, status, code] of codes) {
    const found = says.exec(text)
    if (found === null) continue
    return {
      exchange: {
        ...asked,
        response: {
          ...(stated === undefined ? assumed(status) : { status: Number(stated) }),
          headers: { "content-type": "application/json", "docker-distribution-api-version": "registry/2.0" },
          body: JSON.stringify({ errors: [{ code, message: found[1] ?? "" }] }),
        },
      },
      as: "an image registry error",
    }
  }
  if (stated === undefined) return undefined
  const code = Object.hasOwn(byStatus, stated) ? byStatus[stated] : undefined
  return {
    exchange: {
      ...asked,
      response: {
        status: Number(stated),
        headers: { "docker-distribution-api-version": "registry/2.0" },
        ...(code === undefined ? {} : { body: JSON.stringify({ errors: [{ code, message: "" }] }) }),
      },
    },
    as: "an image registry client error, which contains the status",
  }
}

/** Maps a status to the error code that the specification defines for that status. */
const byStatus: Readonly<Record<string, string>> = { "401": "UNAUTHORIZED", "403": "DENIED" }
