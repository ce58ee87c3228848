import { Refusal } from './refusal.ts'

declare const nameBrand: unique symbol
export type Name = string & { readonly [nameBrand]: true }
export function parseName(input: unknown): Name {
  if (typeof input !== 'string') throw new Refusal('invalid', 'A name is missing.')
  const name = input.normalize('NFKC').trim().replace(/\s+/g, ' ')
  if (name === '' || [...name].length > 32) throw new Refusal('invalid', 'A name has 1 to 32 letters.')
  return name as Name
}
