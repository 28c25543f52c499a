/**
 * The approval page: one form, without scripts or external assets.
 */

export type Page =
  | { readonly state: "ask"; readonly userCode: string }
  | { readonly state: "unknown"; readonly userCode: string }
  | { readonly state: "approved" | "denied" }

/** Returns the page as HTML, with all text from the request escaped. */
export const page = (view: Page): string => {
  switch (view.state) {
    case "approved":
      return frame(
        "Device connected",
        `<p role="status">The device can now upload files. You can close this page.</p>${again}`,
      )
    case "denied":
      return frame("Device rejected", `<p role="status">The device was rejected.</p>${again}`)
    case "unknown":
      return frame(
        "Connect a device",
        `<p id="problem" role="alert">No device is waiting with this code. Codes expire after two minutes: get a new one from the device.</p>${question(view.userCode, true)}`,
      )
    case "ask":
      return frame("Connect a device", question(view.userCode, false))
  }
}

const again = `<p><a href="/device">Connect another device</a></p>`

const question = (userCode: string, wrong: boolean): string => `<p>Type the six digits that the device shows.</p>
<form method="post" action="/device">
  <label for="code">Code</label>
  <input id="code" name="user_code" value="${escape(userCode)}" inputmode="numeric" autocomplete="one-time-code"
    pattern="[0-9 \\-]*" maxlength="12" required autofocus${wrong ? ` aria-invalid="true" aria-describedby="problem"` : ""}>
  <div class="choices">
    <button name="decision" value="approve">Approve</button>
    <button name="decision" value="deny" class="quiet">Deny</button>
  </div>
</form>`

const frame = (title: string, content: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Holdfast sandbox</title>
<style>${style}</style>
</head>
<body>
<main>
<p class="brand">Holdfast sandbox</p>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`

const style = `
:root { color-scheme: light dark; --paper: #f6f5f1; --card: #fff; --ink: #1d2a33; --soft: #55646e; --accent: #0b5f6b; --on: #fff; --line: #8a979f; --bad: #a3251d }
@media (prefers-color-scheme: dark) { :root { --paper: #12181c; --card: #1b2429; --ink: #edf1f2; --soft: #a9b5bb; --accent: #6fc7d3; --on: #0d2226; --line: #71808a; --bad: #ff9d94 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--paper); color: var(--ink); font: 1.0625rem/1.5 system-ui, sans-serif }
main { width: 100%; max-width: 25rem; padding: 2rem; background: var(--card); border-radius: 1rem; border-top: .375rem solid var(--accent); box-shadow: 0 1px 2px #0002, 0 .75rem 2rem #0001 }
.brand { margin: 0; color: var(--soft); font-size: .875rem; letter-spacing: .02em }
h1 { margin: .25rem 0 1rem; font-size: 1.625rem; line-height: 1.2 }
label { display: block; font-weight: 600; margin-bottom: .375rem }
input { width: 100%; padding: .625rem .75rem; font: 600 1.75rem/1.2 ui-monospace, monospace; letter-spacing: .25em; text-align: center; color: inherit; background: transparent; border: 2px solid var(--line); border-radius: .5rem }
input[aria-invalid] { border-color: var(--bad) }
[role=alert] { color: var(--bad) }
.choices { display: grid; grid-template-columns: 2fr 1fr; gap: .75rem; margin-top: 1.25rem }
button { min-height: 3rem; font: inherit; font-weight: 600; color: var(--on); background: var(--accent); border: 2px solid var(--accent); border-radius: .5rem; cursor: pointer }
button.quiet { color: var(--ink); background: transparent; border-color: var(--line) }
a { color: var(--accent) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px }
`

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}
const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => entities[c] ?? c)
