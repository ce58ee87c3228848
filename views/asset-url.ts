/** The address of a file of `static/`, with its hash. */
export type AssetUrl = (name: string) => string
