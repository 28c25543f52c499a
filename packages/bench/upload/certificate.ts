/**
 * The certificate of the benchmark's sink.
 */
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"

export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** A certificate in a file, which `NODE_EXTRA_CA_CERTS` names. */
export interface Authority extends Certificate {
  readonly path: string
}

/** Makes a certificate for 127.0.0.1 with `openssl`. */
export const make = (directory: string): Authority => {
  const [keyPath, path] = [join(directory, "key.pem"), join(directory, "cert.pem")]
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
  execFileSync("openssl", ["req", ...kind, ...subject, "-keyout", keyPath, "-out", path], { stdio: "ignore" })
  return { key: readFileSync(keyPath, "utf8"), cert: readFileSync(path, "utf8"), path }
}
