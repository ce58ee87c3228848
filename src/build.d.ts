// What scripts/build.ts puts into the bundle.
declare module 'snug:build' {
  export const version: string
  export const assets: readonly import('./web/assets.ts').Asset[]
}
