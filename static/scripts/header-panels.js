// The panels of the header: one is open at a time; Escape and a click elsewhere close it.

import { withLazy } from './load-lazy.js'
import { isMuted } from './muted.js'

const openPanel = () => document.querySelector('.header :is(.people, .share)[open]')

document.addEventListener('keydown', ({ key }) => {
  const panel = openPanel()
  if (key !== 'Escape' || !panel) return
  panel.open = false
  panel.querySelector('summary').focus()
})

document.addEventListener('click', ({ target }) => {
  const panel = openPanel()
  if (panel && !panel.contains(target)) panel.open = false
})

document.querySelector('.people')?.addEventListener('toggle', ({ target }) => {
  if (!target.open) return
  withLazy(({ enableMute, offerNotifications }) => {
    offerNotifications(target)
    enableMute(target, isMuted, () => document.dispatchEvent(new Event('mute-change')))
  })
})

document.querySelector('.share')?.addEventListener('toggle', ({ target }) => {
  if (target.open) withLazy(({ enableShare }) => enableShare(target))
})
