/**
 * Stops a program that imports a module of the command together with an unsupported version of Effect. With two copies or
 * another version of Effect, values of one are not recognized by the other, and errors appear far from their cause.
 */
import { createRequire } from "node:module"

const version = find()
if (!/^4\.1\.\d+$/.test(version ?? "")) {
  const found = version === undefined ? "it is not installed" : `found ${version}`
  throw new Error(`the modules of holdfast need effect 4.1, ${found}: npm install effect@~4.1.0`)
}

function find() {
  try {
    return createRequire(import.meta.url)("effect/package.json").version
  } catch {
    return undefined
  }
}
