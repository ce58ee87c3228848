// Loads the second script when it is first needed. If loading fails, perhaps offline, the next use tries again, so that
// no feature is lost for good. The failure is not shown.

// An absolute URL: in a sandboxed page the script is from another origin, and has no base for a relative one.
const lazyUrl = new URL(document.currentScript.dataset.lazyScript, location)

let failures = 0
let loading

/** Calls `use` with the exports of lazy.js, unless it can't be loaded now. */
export const withLazy = (use) => {
  // Some browsers cache that a URL failed: another fragment makes it another URL.
  loading ??= import(`${lazyUrl}#${failures}`)
  loading.then(use, () => {
    failures++
    loading = undefined
  })
}
