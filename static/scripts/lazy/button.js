/** A secondary button that calls `run`. */
export const makeButton = (text, run) => {
  const element = document.createElement('button')
  element.type = 'button'
  element.className = 'secondary'
  element.textContent = text
  element.addEventListener('click', run)
  return element
}
