// The system's own way to share, where there is one; Escape and a click elsewhere close the sheet.

const share = document.querySelector('.share')
const button = share?.querySelector('[data-share]')

if (button && navigator.share) {
  button.hidden = false
  button.addEventListener('click', () => {
    navigator.share({ title: document.title, url: button.dataset.share }).catch(() => {})
  })
}

document.addEventListener('keydown', ({ key }) => {
  if (key !== 'Escape' || !share?.open) return
  share.open = false
  share.querySelector('summary').focus()
})

document.addEventListener('click', ({ target }) => {
  if (share?.open && !share.contains(target)) share.open = false
})
