// The sheets that the head opens: one at a time; Escape and a click elsewhere close them.

import { withLater } from './fetch-later.js'
import { isMuted } from './muted.js'

const open = () => document.querySelector('.head :is(.people, .share)[open]')

document.addEventListener('keydown', ({ key }) => {
  const sheet = open()
  if (key !== 'Escape' || !sheet) return
  sheet.open = false
  sheet.querySelector('summary').focus()
})

document.addEventListener('click', ({ target }) => {
  const sheet = open()
  if (sheet && !sheet.contains(target)) sheet.open = false
})

document.querySelector('.people')?.addEventListener('toggle', ({ target }) => {
  if (!target.open) return
  withLater(({ mute, offerNotifications }) => {
    offerNotifications(target)
    mute(target, isMuted, () => document.dispatchEvent(new Event('mute')))
  })
})

document.querySelector('.share')?.addEventListener('toggle', ({ target }) => {
  if (target.open) withLater(({ share }) => share(target))
})
