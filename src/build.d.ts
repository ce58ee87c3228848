// Values that scripts/build.ts puts into the bundle.
declare module 'snug:build' {
  export const version: string
  /** The source of the worker thread that writes to the database. */
  export const writer: string
  /** The licences of everything in the executable: text, compressed with Brotli, as base64. */
  export const licenses: string
  export const assets: readonly import('./web/site/assets.ts').Asset[]
}
