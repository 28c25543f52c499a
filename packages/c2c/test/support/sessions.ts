/** A session in memory that survives the upload, as a journal does. It can stop the upload at a step, or refuse a step. */
import { Verdict } from "@holdfast/core"
import type * as UploadSession from "@holdfast/c2c/UploadSession"
import { StepNotRecorded } from "@holdfast/c2c/UploadSession"
import { Effect } from "effect"

type Step = StepNotRecorded["step"]

/** Where an upload stops: at the nth step, from 1, before or after the step is recorded. */
export interface Stop {
  readonly at: number
  readonly when: "before" | "after"
}

export const refusal = (step: Step): StepNotRecorded =>
  new StepNotRecorded({
    step,
    verdict: Verdict.never({ change: "human" }),
    reason: "the disk is full",
    action: "Free some space.",
    cause: "ENOSPC",
  })

/** What the journal contains, and the steps that it has received. */
export const journal = () => {
  const steps: Array<string> = []
  let isCreating = false
  let asset: UploadSession.SavedAsset | undefined
  const confirmed = new Map<number, UploadSession.ConfirmedPart>()
  const begun = new Set<number>()

  const saved = (): UploadSession.Saved | undefined =>
    asset && { asset, confirmed: [...confirmed.values()], begun: new Set(begun) }

  /** A session of one process. After its stop, it records nothing, like a process that was killed. */
  const session = (options: { readonly stop?: Stop; readonly refuse?: number } = {}): UploadSession.UploadSession => {
    let count = 0
    let isStopped = false
    const record = (step: Step, label: string, apply: () => void) =>
      Effect.suspend(() => {
        if (isStopped) return Effect.interrupt
        const at = ++count
        if (at === options.refuse) return Effect.fail(refusal(step))
        isStopped = at === options.stop?.at
        if (isStopped && options.stop?.when === "before") return Effect.interrupt
        apply()
        steps.push(label)
        return isStopped ? Effect.interrupt : Effect.void
      })
    return {
      saved: saved(),
      creating: () => record("creating", "creating", () => (isCreating = true)),
      notCreated: record("notCreated", "notCreated", () => (isCreating = false)),
      created: (created) =>
        record("created", `created ${created.assetId}`, () => {
          isCreating = false
          asset = created
          confirmed.clear()
          begun.clear()
        }),
      sending: ({ index }) => record("sending", `sending ${index}`, () => begun.add(index)),
      confirmed: (part) =>
        record("confirmed", `confirmed ${part.index}`, () => {
          begun.delete(part.index)
          confirmed.set(part.index, part)
        }),
      ended: ({ bytes }, chunks) => record("ended", `ended ${bytes} ${chunks}`, () => undefined),
    }
  }
  return { session, saved, steps, isCreating: () => isCreating, confirmed, begun }
}
