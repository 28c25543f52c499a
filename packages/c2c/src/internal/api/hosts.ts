/**
 * Classifies a host by its name: the host is this machine, is in a private network, or is public.
 */

/** The reach of a host. */
export type Reach = "loopback" | "private" | "public"

/** Returns whether a host, in the form of `URL.hostname`, is this machine. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host)

/**
 * Returns the reach of a host that is given in the form of `URL.hostname`. In this form, names are in lower case, IPv4
 * addresses are four decimal numbers, and IPv6 addresses are in brackets.
 *
 * **Details**
 *
 * Addresses are classified according to the registries of RFC 6890. Names are classified according to RFC 6761, RFC 6762 and
 * ICANN's reservation of `.internal`.
 *
 * **Gotchas**
 *
 * Names are not resolved, so a host that is classified as public may still have a private address.
 */
export const reachOf = (hostname: string): Reach => {
  const host = hostname.replace(/\.$/, "")
  if (isLoopback(host) || host.endsWith(".localhost") || host === "0.0.0.0" || host === "[::]") return "loopback"
  const mapped = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(host)
  if (mapped !== null) return reachOf(dotted(mapped[1] ?? "0", mapped[2] ?? "0"))
  if (/^\[(?:f[cd]|fe[89ab])/.test(host)) return "private"
  if (/\.(?:local|internal|home\.arpa)$/.test(host)) return "private"
  const [a, b] = host.split(".").map(Number)
  if (!/^\d+(?:\.\d+){3}$/.test(host) || a === undefined || b === undefined) return "public"
  const isPrivate =
    a === 10 ||
    a === 0 ||
    a >= 224 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128)
  return isPrivate ? "private" : "public"
}

const dotted = (high: string, low: string): string => {
  const [upper, lower] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return [upper >> 8, upper & 255, lower >> 8, lower & 255].join(".")
}

/**
 * Ports that belong to other protocols. Browsers do not send HTTP requests to these ports (the Fetch standard, "bad port").
 */
export const otherProtocols: ReadonlySet<string> = new Set(
  (
    "1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 " +
    "123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 " +
    "990 993 995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080"
  ).split(" "),
)
