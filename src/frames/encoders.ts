import type { Encoders } from '../chat/delivery/frames.ts'
import { ansi } from './ansi.ts'
import { html } from './html.ts'
import { htmx } from './htmx.ts'
import { json, ndjson } from './json.ts'
import { text } from './text.ts'

/** The encoder of each format. */
export const encoders: Encoders = { htmx, html, json, ndjson, text, ansi }
