/**
 * Stops a program that imports a module of the command beside a version of Effect that it was not made for: with two copies
 * of Effect, or another version, values of one are not recognized by the other, and what fails is far from the cause.
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
