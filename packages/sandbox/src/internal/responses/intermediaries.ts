/**
 * HTML pages that an intermediary between a device and Frame.io sends in response to any request.
 */
import * as HttpServerResponse from "effect/http/HttpServerResponse"

const page = (status: number, title: string, text: string) =>
  HttpServerResponse.text(
    `<!doctype html><html lang="en"><head><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>`,
    { status, contentType: "text/html", headers: { server: "gateway", connection: "close" } },
  )

export const notFound = page(404, "404 Not Found", "gateway")
export const unavailable = page(503, "503 Service Unavailable", "gateway")
export const signIn = page(200, "Welcome to the guest network", "Please accept the terms to continue.")
