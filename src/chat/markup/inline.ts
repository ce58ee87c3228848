export type EmphasisTag = 'em' | 'strong'

/** A piece of a paragraph. The pieces of emphasis are nested: what opens last closes first. */
export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }
  | { readonly kind: 'open' | 'close'; readonly tag: EmphasisTag }
