import type { Name } from './name.ts'

declare const likenessBrand: unique symbol
export type Likeness = string & { readonly [likenessBrand]: true }
export function likenessOf(name: Name): Likeness {
  return name.toLowerCase() as Likeness
}
