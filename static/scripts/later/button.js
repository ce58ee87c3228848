/** A quiet button that runs something. */
export const button = (text, run) => {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = 'quiet'
  made.textContent = text
  made.addEventListener('click', run)
  return made
}
