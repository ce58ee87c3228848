import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Finds the files below a folder that contain the text in their bytes. */
export async function findFilesContaining(folder: string, text: string): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && (await readFile(path)).includes(text)) found.push(path)
  }
  return found
}
