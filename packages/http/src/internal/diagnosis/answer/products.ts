/**
 * Identifies the APIs of products and social services by host, header and code.
 */
import type { Vendor } from "./vendorShape.ts"
import { member } from "./words.ts"

const entry = (id: string, name: string, hosts: ReadonlyArray<string>, more: Partial<Vendor> = {}): Vendor => ({
  id,
  name,
  hosts,
  headers: [],
  ...more,
})

const startsWith = (value: unknown, ...beginnings: ReadonlyArray<string>): boolean =>
  typeof value === "string" && beginnings.some((one) => value.startsWith(one))

/** The products, in the order in which they are tested. */
export const products: ReadonlyArray<Vendor> = [
  entry("x", "X", ["api.twitter.com", "api.x.com", "upload.twitter.com"], {
    isSpeaking: (words) =>
      startsWith(member(words, "type"), "https://api.twitter.com/", "https://api.x.com/", "https://developer.twitter.com/"),
  }),
  entry("linkedin", "LinkedIn", ["api.linkedin.com"], {
    headers: ["x-li-", "x-linkedin-"],
    isSpeaking: (words) => typeof member(words, "serviceErrorCode") === "number",
  }),
  entry("tiktok", "TikTok", ["open.tiktokapis.com", "open-api.tiktok.com", "business-api.tiktok.com"], {
    headers: ["x-tt-logid"],
    isSpeaking: (words) => typeof member(words, "error", "log_id") === "string",
  }),
  entry("facebook", "Facebook", ["graph.facebook.com", "graph.instagram.com", "graph.threads.net", "api.instagram.com"], {
    headers: ["x-fb-trace-id", "facebook-api-version"],
    isSpeaking: (words) =>
      member(words, "error", "type") === "OAuthException" || member(words, "error", "fbtrace_id") !== undefined,
  }),
  entry("spotify", "Spotify", ["api.spotify.com"]),
  entry("twitch", "Twitch", ["api.twitch.tv"]),
  entry("reddit", "Reddit", ["oauth.reddit.com", "www.reddit.com"]),
  entry("dropbox", "Dropbox", [".dropboxapi.com"], { headers: ["x-dropbox-"] }),
  entry("box", "Box", ["api.box.com", "upload.box.com"], { headers: ["box-request-id"] }),
  entry("zoom", "Zoom", ["api.zoom.us"], { headers: ["x-zm-trackingid"] }),
  entry("vimeo", "Vimeo", ["api.vimeo.com"], {
    isSpeaking: (words) => typeof member(words, "developer_message") === "string",
  }),
  entry("strava", "Strava", ["www.strava.com"]),
  entry("fitbit", "Fitbit", ["api.fitbit.com"], {
    isSpeaking: (words) => /dev\.fitbit\.com/.test(words.message),
  }),
  entry("withings", "Withings", ["wbsapi.withings.net"]),
  entry("hubspot", "HubSpot", ["api.hubapi.com", "api.hubspot.com"], { headers: ["x-hubspot-"] }),
  entry("intuit", "QuickBooks", [".api.intuit.com", "oauth.platform.intuit.com"], { headers: ["intuit_tid"] }),
  entry("xero", "Xero", ["api.xero.com", "identity.xero.com"], { headers: ["xero-correlation-id"] }),
  entry("patreon", "Patreon", ["www.patreon.com"]),
  entry("plex", "Plex", ["plex.tv", ".plex.direct"], { headers: ["x-plex-protocol"] }),
  entry("trakt", "Trakt", ["api.trakt.tv"]),
  entry("adobe", "Adobe", [".adobe.io"]),
  entry("telegram", "Telegram", ["api.telegram.org"], {
    isSpeaking: (words) =>
      member(words, "ok") === false &&
      typeof member(words, "error_code") === "number" &&
      typeof member(words, "description") === "string",
  }),
  entry("wordpress", "WordPress", [], {
    isSpeaking: (words) =>
      /^(?:rest_|incorrect_password|invalid_username|invalid_email|application_password)/.test(
        String(member(words, "code")),
      ),
  }),
  entry("matrix", "Matrix", ["matrix.org"], {
    isSpeaking: (words) => startsWith(member(words, "errcode"), "M_"),
  }),
  entry("trello", "Trello", ["api.trello.com"]),
  entry("digitalocean", "DigitalOcean", ["api.digitalocean.com"]),
  entry("gitlab", "GitLab", ["gitlab.com"], { headers: ["x-gitlab-meta"] }),
] // prettier-ignore
