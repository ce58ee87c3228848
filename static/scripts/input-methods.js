// Keys of a composition belong to the input method, not to the page: the Enter that takes a word must not send, Tab and
// arrows choose among words, Escape drops one. No listener of the page receives them.

addEventListener(
  'keydown',
  (event) => {
    // Safari ends a composition before the Enter that does so: then only the code 229 tells.
    if (event.isComposing || event.keyCode === 229) event.stopImmediatePropagation()
  },
  true,
)
