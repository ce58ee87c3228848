// What scripts/build.ts puts into the bundle.
declare module 'snug:build' {
  export const version: string
  /** The program of the thread that writes to the database. */
  export const writer: string
  export const assets: readonly import('./web/assets.ts').Asset[]
}
