/**
 * The proof that a fix works: a peer rejects a request with the fault, the request is repaired and sent again, and the peer
 * accepts it.
 */
import type { Exchange, Request } from "@holdfast/diagnosis/Exchange"
import * as Explain from "@holdfast/explain/Explain"
import type { Hints } from "@holdfast/diagnosis/Diagnosis"

/** A fault and the steps to prove its fix. */
export interface Case {
  readonly code: string
  /** The peer that rejects and accepts. */
  readonly peer: string
  /** Sends the request with its fault. */
  readonly provoke: () => Promise<Exchange>
  /** Sends the repaired request. */
  readonly again: (request: Request) => Promise<Exchange>
  /** Whether the peer has stored what was sent; called after a success. */
  readonly holds?: () => Promise<boolean>
  /** Makes the signature that the repaired request lacks. */
  readonly sign?: (request: Request, hints: Hints) => Promise<Request>
  /** Gets a currently valid token. */
  readonly token?: () => Promise<string>
}

/** The result of a proof. */
export interface Proof {
  readonly code: string
  readonly peer: string
  readonly before: string
  readonly after: string
  readonly outcome: "proven" | "not provoked" | "not repaired" | "refused again" | "other bytes" | "worse"
}

const answerOf = (exchange: Exchange): string => {
  const { response } = exchange
  const { vendor } = Explain.explain(exchange)
  const status = response === undefined || response.status === 0 ? (exchange.failure ?? "no answer") : response.status
  return `${String(status).split(" ", 1)[0] ?? ""} ${vendor.code}`.trim()
}

/** Runs all steps of a proof. */
export const prove = async ({ again, code, holds, peer, provoke, sign, token }: Case): Promise<Proof> => {
  const failed = await provoke()
  const before = answerOf(failed)
  const explained = Explain.explain(failed)
  if (explained.code !== code) {
    return { code, peer, before, after: `explained as ${explained.code ?? explained.outcome}`, outcome: "not provoked" }
  }
  const bare = Explain.repair(failed)
  if (bare === undefined) return { code, peer, before, after: "", outcome: "not repaired" }
  const signed = bare.needs === "signature" ? await sign?.(bare.request, bare.hints) : undefined
  const access = bare.needs === "token" ? await token?.() : undefined
  const repair = Explain.repair(failed, {
    ...(signed === undefined ? {} : { sign: () => signed }),
    ...(access === undefined ? {} : { token: () => access }),
  })
  if (repair === undefined || repair.needs !== undefined) {
    return { code, peer, before, after: `needs a ${repair?.needs ?? "fix"}`, outcome: "not repaired" }
  }
  const exchange = await again(repair.request)
  const next = Explain.explain(exchange)
  const after = answerOf(exchange)
  if (next.outcome === "succeeded") {
    return { code, peer, before, after, outcome: (await holds?.()) === false ? "other bytes" : "proven" }
  }
  const isWorse = next.code === code || next.retry.verdict === "never"
  return {
    code,
    peer,
    before,
    after: `${after}: ${next.code ?? next.outcome}`,
    outcome: isWorse ? "worse" : "refused again",
  }
}

/** A table with one line per code. */
export const table = (proofs: ReadonlyArray<Proof>): string => {
  const rows = proofs.map(({ after, before, code, outcome, peer }) => [
    code,
    peer,
    before,
    after,
    outcome === "proven" ? "" : outcome,
  ])
  const head = ["code", "peer", "before", "after", ""]
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)))
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")
}
