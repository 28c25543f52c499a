import * as Verdict from "@holdfast/core/Verdict"
console.log(process.version, process.argv.slice(2), typeof Verdict.always)
