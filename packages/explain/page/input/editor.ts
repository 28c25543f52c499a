/** The parts of a form as an editable list: their order, and which part is the file. */
import type { FormPart } from "@holdfast/diagnosis/Exchange"
import { button, h } from "../dom.ts"

/** The list element and its content. */
export interface Editor {
  readonly set: (form: ReadonlyArray<FormPart>) => void
  readonly form: () => ReadonlyArray<FormPart>
}

/** Fills the list. `changed` runs after every edit; `announce` gets the text for a screen reader. */
export const make = (list: HTMLOListElement, changed: () => void, announce: (text: string) => void): Editor => {
  let parts: Array<FormPart> = []

  const isFile = (part: FormPart): boolean => !("value" in part)

  const edit = (index: number, part: FormPart): void => {
    parts[index] = part
    changed()
  }

  const focusOn = (index: number, what: string): void => {
    const row = list.children[index] ?? list.lastElementChild
    const target =
      row?.querySelector<HTMLElement>(`[data-what="${what}"]:not(:disabled)`) ?? row?.querySelector("button")
    target?.focus()
  }

  const move = (index: number, to: number): void => {
    const [part] = parts.splice(index, 1)
    if (part === undefined) return
    parts.splice(to, 0, part)
    draw()
    changed()
    focusOn(to, to < index ? "up" : "down")
    announce(`${part.name === "" ? "The part" : part.name} is now part ${to + 1} of ${parts.length}`)
  }

  const remove = (index: number): void => {
    const [part] = parts.splice(index, 1)
    draw()
    changed()
    if (parts.length > 0) focusOn(Math.min(index, parts.length - 1), "remove")
    announce(`${part?.name ?? "The part"} was removed`)
  }

  const row = (part: FormPart, index: number): HTMLLIElement => {
    const place = index + 1
    const name = h("input", {
      class: "mono",
      value: part.name,
      "aria-label": `Name of part ${place}`,
      placeholder: "name",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
    })
    name.addEventListener("input", () => edit(index, { ...(parts[index] ?? part), name: name.value }))
    const value = isFile(part)
      ? h("input", {
          class: "mono",
          value: "filename" in part ? (part.filename ?? "") : "",
          "aria-label": `Filename of part ${place}`,
          placeholder: "the file's name",
        })
      : h("input", {
          class: "mono",
          value: "value" in part ? part.value : "",
          "aria-label": `Value of part ${place}`,
          placeholder: "value",
          autocomplete: "off",
          spellcheck: "false",
        })
    value.addEventListener("input", () => {
      const now = parts[index] ?? part
      edit(index, isFile(now) ? { ...now, filename: value.value } : { name: now.name, value: value.value })
    })
    const file = h("input", { type: "checkbox", checked: isFile(part) })
    file.addEventListener("change", () => {
      const { name: own } = parts[index] ?? part
      edit(index, file.checked ? { name: own, filename: value.value } : { name: own, value: value.value })
      draw()
      focusOn(index, "file")
    })
    file.dataset["what"] = "file"
    const tools = h(
      "span",
      { class: "tools" },
      h("label", { class: "isfile" }, file, "file"),
      button("↑", { "aria-label": `Move part ${place} up`, "data-what": "up", disabled: index === 0 }, () =>
        move(index, index - 1),
      ),
      button(
        "↓",
        { "aria-label": `Move part ${place} down`, "data-what": "down", disabled: index === parts.length - 1 },
        () => move(index, index + 1),
      ),
      button("×", { "aria-label": `Remove part ${place}`, "data-what": "remove" }, () => remove(index)),
    )
    return h(
      "li",
      { class: isFile(part) ? "is-file" : undefined },
      h("span", { class: "place", "aria-hidden": "true" }, String(place)),
      name,
      value,
      tools,
    )
  }

  const draw = (): void => list.replaceChildren(...parts.map(row))

  return {
    set: (form) => {
      parts = [...form]
      draw()
    },
    form: () => parts,
  }
}
