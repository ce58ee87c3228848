// What scripts/build.ts puts into the bundle.
declare module 'snug:build' {
  export const version: string
  /** The program of the thread that writes to the database. */
  export const writer: string
  /** Of all that is in the executable: brotli, in base64. */
  export const licenses: string
  export const assets: readonly import('./web/site/assets.ts').Asset[]
}
