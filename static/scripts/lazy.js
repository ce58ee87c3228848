// The second script: what a first visit can do without, brought by load-lazy.js when it is first needed. It shares
// nothing with the first one, and is given what it works with.

export { showBytesLeft } from './lazy/bytes-left.js'
export { completeNames } from './lazy/complete-names.js'
export { listIgnored } from './lazy/ignored.js'
export { enableKeptRoom } from './lazy/kept-room.js'
export { enableKeyboardNavigation } from './lazy/keyboard-navigation.js'
export { showMessageActions } from './lazy/message-actions.js'
export { enableMute } from './lazy/mute.js'
export { notify, offerNotifications } from './lazy/notify.js'
export { showPending } from './lazy/pending.js'
export { sendTyping } from './lazy/send-typing.js'
export { enableShare } from './lazy/share.js'
