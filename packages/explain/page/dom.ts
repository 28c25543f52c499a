/** Creates elements. Text is only ever set as text, so pasted input cannot become markup. */

type Child = Node | string | undefined | false | ReadonlyArray<Child>

/** Attributes by name. `true` is an attribute without a value; `false` and `undefined` omit it. */
export type Attributes = Readonly<Record<string, string | boolean | undefined>>

const append = (parent: Node, child: Child): void => {
  if (child === undefined || child === false) return
  if (typeof child === "string") parent.appendChild(document.createTextNode(child))
  else if (child instanceof Node) parent.appendChild(child)
  else for (const one of child) append(parent, one)
}

/** Creates an element. */
export const h = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: ReadonlyArray<Child>
): HTMLElementTagNameMap[Name] => {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, "")
    else if (typeof value === "string") element.setAttribute(key, value)
  }
  append(element, children)
  return element
}

/** Creates a button that runs an action and submits nothing. */
export const button = (label: string, attributes: Attributes, onClick: () => void): HTMLButtonElement => {
  const element = h("button", { type: "button", ...attributes }, label)
  element.addEventListener("click", onClick)
  return element
}

/** Returns the element with an id. Throws if the page has none. */
export const byId = <Type extends HTMLElement>(id: string, type: new () => Type): Type => {
  const element = document.getElementById(id)
  if (!(element instanceof type)) throw new Error(`the page has no ${type.name} "${id}"`)
  return element
}
