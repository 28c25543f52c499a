/**
 * Maps the error numbers of operating systems and platforms to network failures. Some programs print only the number, or
 * print the message in another language.
 */

type Numbers = Readonly<Record<string, string>>

/**
 * Error numbers of Windows Sockets (learn.microsoft.com/windows/win32/winsock/windows-sockets-error-codes-2).
 */
const winsock: Numbers = {
  "10013": "connect *",
  "10048": "connect *",
  "10049": "connect *",
  "10050": "connect *",
  "10051": "connect *",
  "10053": "ECONNRESET",
  "10054": "ECONNRESET",
  "10060": "connect ETIMEDOUT",
  "10061": "ECONNREFUSED",
  "10064": "connect *",
  "10065": "connect *",
  "11001": "ENOTFOUND",
  "11002": "EAI_*",
  "11003": "EAI_*",
  "11004": "ENOTFOUND",
}

/** Error numbers of WinINet and WinHTTP (learn.microsoft.com/windows/win32/wininet/wininet-errors). */
const wininet: Numbers = {
  "12002": "RequestTimedOut",
  "12007": "ENOTFOUND",
  "12029": "no connection",
  "12030": "ECONNRESET",
  "12031": "ECONNRESET",
  "12037": "CERT_HAS_EXPIRED",
  "12038": "ERR_TLS_CERT_ALTNAME_INVALID",
  "12044": "client certificate",
  "12045": "UNABLE_TO_*",
  "12057": "UNABLE_TO_*",
  "12152": "HPE_*",
  "12157": "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
  "12163": "connect *",
  "12164": "ECONNREFUSED",
  "12170": "CERT_REVOKED",
  "12185": "client certificate",
  "12186": "client certificate",
}

/** Error numbers of Linux (man 3 errno), and the negative error numbers of glibc's getaddrinfo. */
const linux: Numbers = {
  "32": "EPIPE",
  "99": "connect *",
  "101": "connect *",
  "104": "ECONNRESET",
  "110": "connect ETIMEDOUT",
  "111": "ECONNREFUSED",
  "112": "connect *",
  "113": "connect *",
  "-2": "ENOTFOUND",
  "-3": "EAI_*",
  "-5": "ENOTFOUND",
}

/** macOS and the BSDs. */
const bsd: Numbers = {
  "49": "connect *",
  "51": "connect *",
  "54": "ECONNRESET",
  "60": "connect ETIMEDOUT",
  "61": "ECONNREFUSED",
  "64": "connect *",
  "65": "connect *",
}

/**
 * Error numbers of Apple's URL loading system
 * (developer.apple.com/documentation/foundation/1508628-url_loading_system_error_codes).
 */
const apple: Numbers = {
  "-999": "UND_ERR_DESTROYED",
  "-1000": "InvalidUrlError",
  "-1001": "RequestTimedOut",
  "-1002": "InvalidUrlError",
  "-1003": "ENOTFOUND",
  "-1004": "no connection",
  "-1005": "ECONNRESET",
  "-1006": "ENOTFOUND",
  "-1007": "redirect loop",
  "-1009": "connect *",
  "-1022": "plain http forbidden",
  "-1200": "unfinished handshake",
  "-1201": "CERT_HAS_EXPIRED",
  "-1202": "UNABLE_TO_*",
  "-1203": "UNABLE_TO_*",
  "-1204": "CERT_NOT_YET_VALID",
  "-1205": "client certificate",
  "-1206": "client certificate",
}

/** Security error numbers of Windows (learn.microsoft.com/windows/win32/com/com-error-codes-4). */
const sspi: Numbers = {
  "80090308": "unfinished handshake",
  "80090322": "ERR_TLS_CERT_ALTNAME_INVALID",
  "80090325": "UNABLE_TO_*",
  "80090326": "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
  "80090327": "UNABLE_TO_*",
  "80090328": "CERT_HAS_EXPIRED",
  "80090331": "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
  "80092010": "CERT_REVOKED",
  "80092012": "UNABLE_TO_*",
  "80092013": "UNABLE_TO_*",
}

/** The notations in which programs print error numbers, each with the table for its numbers. */
const written: ReadonlyArray<readonly [pattern: RegExp, numbers: Numbers]> = [
  [/(?:SocketException \(|WinError |WSAError |Winsock error:? |os error |OSStatus |socket error:? #?)(1[01]\d{3})\b/i, winsock],
  [/(?:WinHTTP|WinINet|WinHttpException|InternetOpenUrl|HttpSendRequest|ERROR_INTERNET|Win32 ?(?:error|code))[^\n]{0,80}?\b(12\d{3})\b/i, wininet],
  [/\b(?:NSURLErrorDomain|kCFErrorDomainCFNetwork|NSURLError)\b[^\n-]{0,30}(-\d{3,4})\b/, apple],
  [/\b0x(8009[0-9a-f]{4})\b/i, sspi],
  [/\[Errno (-?\d{1,3})\]/, { ...linux, ...bsd, "8": "ENOTFOUND" }],
  [/(?:\bos error |\bOs \{ code: |\berrno ?[:=] ?)(-?\d{1,3})\b/i, { ...linux, ...bsd }],
] // prettier-ignore

/**
 * Matches HRESULTs that wrap an error number of WinINet or Windows Sockets. Such an HRESULT consists of the Win32 facility
 * code and the 16-bit error number.
 */
const wrapped = /\b0x8007([0-9a-f]{4})\b/i

/** Returns the key of the transport row for the first known error number in the given text. */
export const keyOf = (text: string): string | undefined => {
  for (const [pattern, numbers] of written) {
    const [, number = ""] = pattern.exec(text) ?? []
    if (Object.hasOwn(numbers, number)) return numbers[number]
  }
  const [, hex] = wrapped.exec(text) ?? []
  const number = hex === undefined ? "" : String(Number.parseInt(hex, 16))
  return winsock[number] ?? wininet[number]
}
