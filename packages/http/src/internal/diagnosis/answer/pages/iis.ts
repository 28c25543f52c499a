/**
 * The substatus codes of IIS: https://learn.microsoft.com/troubleshoot/iis/http-status-code
 */
import { type Page, type PageCause, page } from "./page.ts"

const iis = page("iis")

/** A substatus as the pages of IIS show it: `404.13`. */
const numbered = (numbers: string): RegExp => new RegExp(`\\b(?:${numbers})(?![\\d.]\\d)\\b`)

/** Substatus codes with their cause and meaning. */
const numbers: ReadonlyArray<readonly [numbers: string, cause: PageCause, means: string]> = [
  ["401\\.1", "access", "does not accept the user name or the password (401.1)"],
  [
    "401\\.2",
    "access",
    "takes no credentials in the form in which they were sent: the authentication that the client offers is switched off (401.2)",
  ],
  [
    "401\\.3",
    "access",
    "may not read the file for this user: the permissions (ACL) of the file system forbid it (401.3)",
  ],
  ["401\\.[45]", "access", "refused the user by a filter or by the application (401.4, 401.5)"],
  ["403\\.[45]", "access", "demands https at this address (403.4)"],
  ["403\\.(?:6|8|501|502|503)", "address", "refuses the IP address or the domain of the caller (403.6)"],
  ["403\\.7", "client certificate", "wants a certificate of the client (403.7)"],
  [
    "403\\.1[367]",
    "client certificate",
    "does not accept the certificate of the client: it is revoked, not trusted, expired or not yet valid (403.13, 403.16, 403.17)",
  ],
  [
    "403\\.14",
    "route",
    "has no default document at this path, and lists no directories (403.14): the application is not set up there",
  ],
  ["403\\.[123]", "access", "may not execute, read or write here by its settings (403.1 to 403.3)"],
  ["404\\.2", "firewall", "does not run this program: the list of ISAPI and CGI restrictions forbids it (404.2)"],
  ["404\\.3", "route", "serves no files of this kind: the extension has no MIME type in its settings (404.3)"],
  ["404\\.4", "route", "has no handler for this kind of file (404.4)"],
  ["404\\.6", "method", "refuses this method by its request filtering (404.6)"],
  ["404\\.13|413\\.1", "too large", "refuses bodies above maxAllowedContentLength (404.13)"],
  ["404\\.1[45]", "headers too large", "refuses the URL or its query above maxUrl or maxQueryString"],
  ["404\\.10", "headers too large", "refuses a header above its limit (404.10)"],
  [
    "404\\.(?:5|7|8|11|12|18|19|20)",
    "firewall",
    "refuses the request by its request filtering: the address has a sequence, a file extension, a segment or an escape that is not allowed",
  ],
  ["405\\.0", "method", "refuses this method here: no handler takes it, or the WebDAV module does (405.0)"],
  [
    "500\\.19",
    "configuration",
    "cannot read its configuration (web.config): it is malformed, names a module that is not installed such as URL Rewrite, or a section that is locked or twice there (500.19)",
  ],
  [
    "500\\.2[1-4]",
    "configuration",
    "has an application whose modules or settings do not fit the pipeline of its application pool (500.21 to 500.24)",
  ],
  ["500\\.1[123]", "no backend", "restarts the application or is too busy (500.11 to 500.13)"],
  [
    "500\\.3\\d|502\\.5",
    "bad gateway",
    "could not start the application (ASP.NET Core): the process failed at its start, or its runtime is not installed",
  ],
  ["500\\.5\\d", "configuration", "has a rule of URL Rewrite that fails (500.50 to 500.53)"],
  ["502\\.1", "timeout", "waited too long for the program behind it (502.1)"],
  ["502\\.4", "no backend", "has no server behind it to send the request to (502.4)"],
  ["503\\.[234]", "circuit", "has more requests at once than it takes (503.2 to 503.4)"],
]

/** The pages of IIS; the first match counts. */
export const pages: ReadonlyArray<Page> = [
  iis("too large", "refuses bodies above maxAllowedContentLength (404.13)", /exceeds the request content length/i),
  iis("timeout", "waited too long for the application behind it, for longer than its requestTimeout (0x80072ee2 is a timeout)", /50[02]\.[\s\S]{0,2000}0x80072ee2|operation timed out/i),
  iis("bad gateway", "could not connect to the application behind it, or could not find it by name", /0x80072ee[fd7]/i),
  ...numbers.map(([some, cause, means]) => iis(cause, means, numbered(some))),
  iis("route", "shows its default page: no site is set up for this host name", /iis windows/i),
  iis("bad gateway", "got no usable answer from the program behind it: it failed, ended, or took longer than requestTimeout permits (502.2, 502.3)", /502\.[23]\b/i, undefined, false),
] // prettier-ignore
