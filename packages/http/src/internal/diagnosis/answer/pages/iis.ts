/**
 * The IIS substatus codes: https://learn.microsoft.com/troubleshoot/iis/http-status-code
 */
import { type Page, type PageCause, page } from "./page.ts"

const iis = page("iis")

/** Matches a substatus as IIS pages show it: `404.13`. */
const numbered = (numbers: string): RegExp => new RegExp(`\\b(?:${numbers})(?![\\d.]\\d)\\b`)

/** The substatus codes with their cause and meaning. */
const numbers: ReadonlyArray<readonly [numbers: string, cause: PageCause, means: string]> = [
  ["401\\.1", "access", "does not accept the user name or the password (401.1)"],
  [
    "401\\.2",
    "access",
    "does not accept the credentials because the authentication scheme that the client uses is disabled (401.2)",
  ],
  [
    "401\\.3",
    "access",
    "cannot read the file on behalf of this user: the file system permissions (ACL) deny access (401.3)",
  ],
  ["401\\.[45]", "access", "denied access because a filter or the application rejected the user (401.4, 401.5)"],
  ["403\\.[45]", "access", "requires https at this address (403.4)"],
  ["403\\.(?:6|8|501|502|503)", "address", "rejects the caller's IP address or domain (403.6)"],
  ["403\\.7", "client certificate", "requires a client certificate (403.7)"],
  [
    "403\\.1[367]",
    "client certificate",
    "does not accept the client certificate because it is revoked, not trusted, expired or not yet valid (403.13, 403.16, 403.17)",
  ],
  [
    "403\\.14",
    "route",
    "does not have a default document at this path and does not list directories (403.14): the application is not set up there",
  ],
  [
    "403\\.[123]",
    "access",
    "does not permit programs to be executed or files to be read or written at this path (403.1 to 403.3)",
  ],
  [
    "404\\.2",
    "firewall",
    "does not run this program because the list of ISAPI and CGI restrictions forbids it (404.2)",
  ],
  [
    "404\\.3",
    "route",
    "does not serve files of this kind because its settings do not assign a MIME type to the extension (404.3)",
  ],
  ["404\\.4", "route", "does not have a handler for this kind of file (404.4)"],
  ["404\\.6", "method", "rejects this method because of its request filtering rules (404.6)"],
  ["404\\.13|413\\.1", "too large", "rejects bodies larger than maxAllowedContentLength (404.13)"],
  ["404\\.1[45]", "headers too large", "rejects a URL that exceeds maxUrl or a query that exceeds maxQueryString"],
  ["404\\.10", "headers too large", "rejects a header that exceeds its size limit (404.10)"],
  [
    "404\\.(?:5|7|8|11|12|18|19|20)",
    "firewall",
    "rejects the request because of its request filtering rules: the address contains a sequence, file extension, segment or escape that is not allowed",
  ],
  [
    "405\\.0",
    "method",
    "rejects this method at this path: no handler accepts the method, or the WebDAV module intercepts it (405.0)",
  ],
  [
    "500\\.19",
    "configuration",
    "cannot read its configuration (web.config): the file is malformed, refers to a module that is not installed (such as URL Rewrite), or contains a locked or duplicate section (500.19)",
  ],
  [
    "500\\.2[1-4]",
    "configuration",
    "hosts an application whose modules or settings are incompatible with the pipeline of its application pool (500.21 to 500.24)",
  ],
  ["500\\.1[123]", "no backend", "is restarting the application or is too busy (500.11 to 500.13)"],
  [
    "500\\.3\\d|502\\.5",
    "bad gateway",
    "could not start the application (ASP.NET Core): the process failed during startup, or its runtime is not installed",
  ],
  ["500\\.5\\d", "configuration", "has a URL Rewrite rule that fails (500.50 to 500.53)"],
  ["502\\.1", "timeout", "timed out waiting for the program that handles the request (502.1)"],
  ["502\\.4", "no backend", "does not have an upstream server that can receive the request (502.4)"],
  ["503\\.[234]", "circuit", "received more concurrent requests than it allows (503.2 to 503.4)"],
]

/** The pages from IIS. The first page that matches is used. */
export const pages: ReadonlyArray<Page> = [
  iis("too large", "rejects bodies larger than maxAllowedContentLength (404.13)", /exceeds the request content length/i),
  iis("timeout", "stopped waiting for the application after the timeout in requestTimeout (error 0x80072ee2)", /50[02]\.[\s\S]{0,2000}0x80072ee2|operation timed out/i),
  iis("bad gateway", "could not connect to the application, or could not resolve its host name", /0x80072ee[fd7]/i),
  ...numbers.map(([some, cause, means]) => iis(cause, means, numbered(some))),
  iis("route", "shows its default page because no site is configured for this host name", /iis windows/i),
  iis("bad gateway", "did not receive a usable response from the program that handles the request: the program failed, exited, or took longer than requestTimeout permits (502.2, 502.3)", /502\.[23]\b/i, undefined, false),
] // prettier-ignore
