/**
 * The page: a person pastes an error and a form, and reads the diagnosis. It runs the code of the packages and sends
 * nothing; the page's policy forbids every request.
 */
import * as Explain from "@holdfast/explain/Explain"
import type { Exchange, Request } from "@holdfast/diagnosis/Exchange"
import * as Lint from "@holdfast/s3/Lint"
import * as ExplainInput from "@holdfast/explain/Input"
import { button, byId, h } from "./dom.ts"
import * as Editor from "./input/editor.ts"
import { type Example, examples } from "./input/examples.ts"
import * as Pasted from "./input/pasted.ts"
import * as RepairView from "./result/repair.ts"
import * as View from "./result/view.ts"

const error = byId("error", HTMLTextAreaElement)
const errorNote = byId("error-note", HTMLElement)
const paste = byId("paste", HTMLTextAreaElement)
const pasteNote = byId("paste-note", HTMLElement)
const url = byId("url", HTMLInputElement)
const time = byId("at", HTMLInputElement)
const result = byId("result", HTMLElement)
const live = byId("live", HTMLElement)

/** The facts of a capture or recording that have no control of their own: method, headers, times. */
let known: Exchange = {}

/** The explanation of a code alone (`HF-S3-POST-011`, `slow_down`), shown until there is a request. */
let page: { readonly nodes: ReadonlyArray<Node>; readonly spoken: string } | undefined

const announce = (text: string): void => {
  live.textContent = text
}

const editor = Editor.make(byId("parts", HTMLOListElement), () => later(), announce)

/** Fills the controls with a request. */
const show = ({ form, url: address }: Request): void => {
  if (address !== undefined) url.value = address
  if (form !== undefined) editor.set(form)
}

const note = (where: HTMLElement, text: string, bad = false): void => {
  where.textContent = text
  where.classList.toggle("bad", bad)
}

const requestNow = (): Request | undefined => {
  const form = editor.form()
  const address = url.value.trim()
  const held = known.request
  if (form.length === 0 && address === "" && held === undefined) return undefined
  return {
    ...held,
    ...(address === "" ? {} : { url: address }),
    ...(form.length === 0 ? {} : { method: held?.method ?? "POST", form }),
  }
}

const empty = (): ReadonlyArray<Node> => [
  h(
    "div",
    { class: "empty" },
    h("p", {}, "Paste an error, or try an example. The diagnosis appears here as you type."),
    h("p", { class: "muted" }, "Keys, tokens and signatures are hidden in it, so you can share it."),
  ),
]

const diagnose = (): NonNullable<typeof page> => {
  const request = requestNow()
  if (page !== undefined) return page
  const { response, failure } = known
  const at = time.value === "" ? known.at : new Date(time.value).getTime()
  const exchange = { ...known, ...(at === undefined ? {} : { at }), ...(request === undefined ? {} : { request }) }
  const one = Explain.explain(exchange)
  if (response === undefined && failure === undefined) {
    if (request === undefined) return { nodes: empty(), spoken: "" }
    const all = Lint.check(request, { at: at === undefined ? Date.now() : new Date(at).getTime() })
    // A request alone can show an earlier failure: the callback of a sign-in has the error in its address.
    if (all.length > 0 || one.outcome !== "explained") {
      const spoken = all.length === 0 ? "The lint finds no fault" : all.map(({ title }) => title).join(". ")
      return { nodes: View.findings(all, Explain.redact({ request })), spoken }
    }
  }
  const spoken = one.confidence === undefined ? one.title : `${one.confidence}: ${one.title}. ${one.detail}`
  const redacted = Explain.redact(exchange)
  const repair = Explain.repair(exchange)
  const wanted = repair === undefined ? undefined : Explain.redact({ request: repair.request }).request
  const repaired =
    repair === undefined || wanted === undefined || redacted.request === undefined
      ? undefined
      : RepairView.view(repair, redacted.request, wanted)
  return { nodes: View.explanation(one, redacted, repaired), spoken }
}

const jump = byId("jump", HTMLAnchorElement)
let inView = false

/** The link to a diagnosis that is out of view. */
const point = (): void => {
  const title = result.querySelector("h2")?.textContent ?? ""
  jump.textContent = title
  jump.hidden = inView || title === ""
}

new IntersectionObserver(([entry]) => {
  inView = entry?.isIntersecting === true
  point()
}).observe(result)

const update = (): void => {
  const { nodes, spoken } = diagnose()
  result.replaceChildren(...nodes)
  announce(spoken)
  point()
}

let timer: ReturnType<typeof setTimeout> | undefined

/** Waits for a pause in typing, because a screen reader would announce every intermediate result. */
const later = (): void => {
  clearTimeout(timer)
  timer = setTimeout(update, 150)
}

/** Reads a complete recording or exchange, and fills the form with its request. */
const take = (exchange: Exchange, said: string): void => {
  known = exchange
  if (exchange.request !== undefined) show({ form: [], ...exchange.request })
  note(errorNote, said)
}

/** Explains a single word: a code of Holdfast, or a vendor's code, which stands for the minimal response with it. */
const readWord = (word: string): boolean => {
  const about = Explain.about(word)
  const one = about === undefined ? Explain.explainCode(word) : undefined
  if (about === undefined && one === undefined) return false
  known = {}
  if (about !== undefined) page = { nodes: View.about(about), spoken: about.title }
  else if (one !== undefined) page = { nodes: View.explanation(one, {}), spoken: one.title }
  note(errorNote, "Read: a code.")
  return true
}

const readError = (): void => {
  const text = error.value
  page = undefined
  if (text.trim() === "") {
    known = {}
    note(errorNote, "")
    return later()
  }
  const input = ExplainInput.recognize(new TextEncoder().encode(text))
  if (input._tag === "Unusable" && readWord(text.trim())) return later()
  if (input._tag === "Unusable") {
    known = {}
    note(errorNote, `This ${input.problem}; ${input.remedy}.`, true)
    return later()
  }
  if (input.recorded !== undefined) {
    take(input.exchange, `Read: ${Pasted.recordingNote(input.recorded)}.`)
    return later()
  }
  take(input.exchange, `Read: ${input.recognized}.`)
  later()
}

const readPaste = (): void => {
  if (paste.value.trim() === "") return note(pasteNote, "")
  const pasted = Pasted.read(paste.value)
  if (pasted === undefined) return note(pasteNote, "No form fields were recognized.", true)
  const { note: said, request, ...rest } = pasted
  if (pasted.response !== undefined) known = { ...rest, request }
  show(request)
  note(pasteNote, `Read: ${said}.`)
  later()
}

const load = ({ error: text, form, url: address }: Example): void => {
  paste.value = ""
  note(pasteNote, "")
  byId("pasting", HTMLDetailsElement).open = form.length === 0
  error.value = text
  known = {}
  url.value = ""
  time.value = ""
  editor.set([])
  readError()
  if (address !== "") url.value = address
  if (form.length > 0) editor.set(form)
  clearTimeout(timer)
  update()
}

byId("examples", HTMLElement).append(...examples.map((example) => button(example.label, {}, () => load(example))))

byId("input", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault())
error.addEventListener("input", readError)
paste.addEventListener("input", readPaste)
url.addEventListener("input", later)
time.addEventListener("input", later)

byId("add", HTMLButtonElement).addEventListener("click", () => {
  editor.set([...editor.form(), { name: "", value: "" }])
  byId("parts", HTMLOListElement).lastElementChild?.querySelector("input")?.focus()
  later()
})

byId("clear", HTMLButtonElement).addEventListener("click", () => {
  load({ label: "", error: "", url: "", form: [] })
  error.focus()
})

const open = async (file: File | undefined): Promise<void> => {
  if (file === undefined) return
  if (file.size > ExplainInput.longest) return note(errorNote, "This file is too large to be an exchange.", true)
  const bytes = new Uint8Array(await file.arrayBuffer())
  const text = new TextDecoder().decode(bytes)
  error.value = text
  readError()
  // A capture may contain the bytes of a file, which decoding to text has damaged.
  const input = ExplainInput.recognize(bytes)
  if (input._tag === "Exchange" && input.recorded === undefined) take(input.exchange, `Read: ${file.name}.`)
  update()
}

const picker = byId("open", HTMLInputElement)
picker.addEventListener("change", () => {
  void open(picker.files?.[0])
  picker.value = ""
})

const { body } = document
body.addEventListener("dragover", (event) => {
  event.preventDefault()
  body.classList.add("over")
})
body.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) body.classList.remove("over")
})
body.addEventListener("drop", (event) => {
  body.classList.remove("over")
  const [file] = event.dataTransfer?.files ?? []
  if (file === undefined) return
  event.preventDefault()
  void open(file)
})

update()
