/** Rules and rule sets with configurable findings. */
import { Verdict } from "@holdfast/core"
import { Diagnosis, type Exchange } from "@holdfast/diagnosis"

export type Facts = Exchange.Exchange

export const exchange: Exchange.Exchange = {
  request: { form: [{ name: "token", value: "EXAMPLE-token" }] },
  response: { status: 400, body: '{"message":"bad","token":"EXAMPLE-token"}' },
  attempt: 3,
}

export const rule = (code: string, finding: Diagnosis.Finding | undefined, about: Partial<Diagnosis.About> = {}) => ({
  code,
  topic: "test",
  title: `title of ${code}`,
  explanation: `why ${code}`,
  fix: [{ text: `fix ${code}`, safety: "check first" as const }],
  change: "nothing" as const,
  links: [`https://docs.test/${code}`],
  rivals: [] as ReadonlyArray<string>,
  ...about,
  find: () => finding,
})

/** Where the default evidence of a finding is. */
export const evidence: ReadonlyArray<Diagnosis.Evidence> = [
  { at: "request.form[0]", name: "token", observed: "as sent" },
]

export const found = (confidence: Diagnosis.Confidence, more: Partial<Diagnosis.Found> = {}) =>
  Diagnosis.found({ confidence, detail: "detail", evidence, ...more })

export interface Options extends Partial<Omit<Diagnosis.Reading<Facts>, "vendor">> {
  readonly system?: string
  /** The vendor's code; "Bad" by default. */
  readonly word?: string
  readonly message?: string
  readonly reads?: boolean
}

export const ruleSet = (rules: ReadonlyArray<Diagnosis.Rule<Facts>>, options: Options = {}): Diagnosis.RuleSet => {
  const { message = "", reads = true, system = "test", word = "Bad", ...reading } = options
  return Diagnosis.ruleSet<Facts>({
    system,
    vocabulary: { members: new Set(["message"]) },
    rules,
    read: (facts) =>
      reads
        ? {
            facts,
            vendor: { system, status: facts.response?.status ?? 0, code: word, message, fields: {} },
            verdict: Verdict.never(),
            succeeded: false,
            ...reading,
          }
        : undefined,
  })
}
