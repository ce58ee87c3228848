// Brings the second script when something of it is first needed. A load that fails, offline perhaps, is tried again at
// the next occasion: nothing that it holds is lost for good, and nobody is troubled with it.

// Whole: in a sandboxed page the script comes from another origin, and is told of no address to begin from.
const lazyUrl = new URL(document.currentScript.dataset.lazyScript, location)

let failures = 0
let loading

/** Calls `use` with what lazy.js exports, unless it can't be had just now. */
export const withLazy = (use) => {
  // Some browsers remember that an address failed: another fragment makes it another address.
  loading ??= import(`${lazyUrl}#${failures}`)
  loading.then(use, () => {
    failures++
    loading = undefined
  })
}
