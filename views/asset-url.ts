/** The URL of a file in `static/`, with its hash. */
export type AssetUrl = (name: string) => string
