#!/usr/bin/env node
/**
 * The file that npm links as the command. It answers `--version` itself and starts the program for everything else.
 *
 * The files of this folder are plain JavaScript that Node 18 can read, because they must report that a Node is too old.
 * `--version` needs neither the program nor a newer Node, so it costs one start of Node on every machine.
 */
import { readFileSync } from "node:fs"

const args = process.argv.slice(2)

if (args.length === 1 && args[0] === "--version") printVersion()
else await (await import("./start.js")).start(args)

function printVersion() {
  process.stdout.on("error", (error) => {
    // A closed pipe ends this output as it ends every command.
    if (error.code === "EPIPE") process.exit(130)
    console.error(`holdfast: cannot write to standard output: ${error.message}`)
    process.exit(7)
  })
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))
  process.stdout.write(`holdfast ${version}\n`)
}
