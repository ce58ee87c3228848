// Generates src/chat/names/confusables.ts from Unicode's confusables.txt: node scripts/confusables.ts PATH
// Unicode publishes the file under https://www.unicode.org/Public/security/.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const TABLE = join(import.meta.dirname, '..', 'src', 'chat', 'names', 'confusables.ts')
const LINE_WIDTH = 108

/** Maps each character to the characters that it looks like (its prototype). */
export type Lookalikes = ReadonlyMap<string, string>

/**
 * Parses confusables.txt.
 * @throws Error if `file` is something else
 */
export function readConfusables(file: string): { version: string; lookalikes: Lookalikes } {
  const version = /^# Version: ([\d.]+)$/m.exec(file)?.[1]
  if (version === undefined) throw new Error('This is not Unicode’s confusables.txt: it names no version.')
  const rows = file.matchAll(/^\uFEFF?([0-9A-F]+) *;\s*([0-9A-F ]+?)\s*;\s*MA\s/gm)
  return {
    version,
    lookalikes: new Map([...rows].map(([, from, to]) => [decodeCodePoints(from), decodeCodePoints(to)])),
  }
}

/**
 * The entries that can occur in a name. Names are NFKC and are compared decomposed, and this already replaces half of
 * the file's characters (mathematical letters, full-width letters, ligatures, compatibility ideographs).
 * Prototypes are decomposed and resolved too: the file maps ҋ to й̦, and й̦ decomposed has lookalikes of its own.
 */
export function selectForNames(lookalikes: Lookalikes): Lookalikes {
  const reachable = [...lookalikes].filter(([character]) => character.normalize('NFKD') === character)
  const resolve = (prototype: string) =>
    [...prototype.normalize('NFD')].map((character) => lookalikes.get(character) ?? character).join('')
  return new Map(reachable.map(([character, prototype]) => [character, resolve(prototype)]))
}

/** The source of `src/chat/names/confusables.ts`. */
export function formatConfusablesModule(file: string): string {
  const { version, lookalikes } = readConfusables(file)
  return `// Generated from Unicode’s confusables.txt by scripts/confusables.ts. Do not edit.
//
${LICENCE.replace(/^(?=.)/gm, '// ').replace(/^$/gm, '//')}

/** The version of Unicode that the lookalikes come from. */
export const CONFUSABLES_VERSION = '${version}'

/**
 * The lookalikes (UTS #39 §4) that can occur in a name. An entry is a prototype, then the characters that look like it,
 * separated by spaces and ended by \`;\`. Each is a hexadecimal code point, or several joined by \`+\`.
 */
export const CONFUSABLES = \`
${formatEntries(selectForNames(lookalikes))}
\`
`
}

// A line never spans two blocks of 256 code points, so that the next version of Unicode changes few lines.
function formatEntries(lookalikes: Lookalikes): string {
  const byPrototype = Map.groupBy(
    [...lookalikes.keys()].sort(compareCodePoints),
    (character) => lookalikes.get(character) ?? '',
  )
  const lines: string[] = []
  let line = ''
  let block = -1
  for (const [prototype, characters] of [...byPrototype].sort(([a], [b]) => compareCodePoints(a, b))) {
    const entry = `${[prototype, ...characters].map(encodeCodePoints).join(' ')};`
    const ownBlock = (prototype.codePointAt(0) ?? 0) >> 8
    if (line !== '' && (ownBlock !== block || line.length + entry.length > LINE_WIDTH)) {
      lines.push(line)
      line = ''
    }
    line += entry
    block = ownBlock
  }
  return [...lines, line].join('\n')
}

function compareCodePoints(a: string, b: string): number {
  const [left, right] = [[...a], [...b]]
  const index = left.findIndex((character, at) => character !== right[at])
  return (left[index]?.codePointAt(0) ?? -1) - (right[index]?.codePointAt(0) ?? -1)
}

function decodeCodePoints(codePoints = ''): string {
  return String.fromCodePoint(...codePoints.split(' ').map((code) => Number.parseInt(code, 16)))
}

function encodeCodePoints(characters: string): string {
  return [...characters].map((character) => character.codePointAt(0)?.toString(16)).join('+')
}

/** Must accompany every copy of the data. */
const LICENCE = `UNICODE LICENSE V3

COPYRIGHT AND PERMISSION NOTICE

Copyright © 1991-2025 Unicode, Inc.

NOTICE TO USER: Carefully read the following legal agreement. BY
DOWNLOADING, INSTALLING, COPYING OR OTHERWISE USING DATA FILES, AND/OR
SOFTWARE, YOU UNEQUIVOCALLY ACCEPT, AND AGREE TO BE BOUND BY, ALL OF THE
TERMS AND CONDITIONS OF THIS AGREEMENT. IF YOU DO NOT AGREE, DO NOT
DOWNLOAD, INSTALL, COPY, DISTRIBUTE OR USE THE DATA FILES OR SOFTWARE.

Permission is hereby granted, free of charge, to any person obtaining a
copy of data files and any associated documentation (the "Data Files") or
software and any associated documentation (the "Software") to deal in the
Data Files or Software without restriction, including without limitation
the rights to use, copy, modify, merge, publish, distribute, and/or sell
copies of the Data Files or Software, and to permit persons to whom the
Data Files or Software are furnished to do so, provided that either (a)
this copyright and permission notice appear with all copies of the Data
Files or Software, or (b) this copyright and permission notice appear in
associated Documentation.

THE DATA FILES AND SOFTWARE ARE PROVIDED "AS IS", WITHOUT WARRANTY OF ANY
KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT OF
THIRD PARTY RIGHTS.

IN NO EVENT SHALL THE COPYRIGHT HOLDER OR HOLDERS INCLUDED IN THIS NOTICE
BE LIABLE FOR ANY CLAIM, OR ANY SPECIAL INDIRECT OR CONSEQUENTIAL DAMAGES,
OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS,
WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION,
ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THE DATA
FILES OR SOFTWARE.

Except as contained in this notice, the name of a copyright holder shall
not be used in advertising or otherwise to promote the sale, use or other
dealings in these Data Files or Software without prior written
authorization of the copyright holder.

SPDX-License-Identifier: Unicode-3.0`

if (import.meta.main) {
  const path = process.argv[2]
  if (path === undefined)
    throw new Error('Pass the path of confusables.txt: node scripts/confusables.ts PATH')
  await writeFile(TABLE, formatConfusablesModule(await readFile(path, 'utf8')))
}
