// The second script: everything that a first visit does not need. load-lazy.js loads it on first use. It shares no
// state with the first script: callers pass in what it needs.

export { showBlockedLink } from './lazy/blocked-link.js'
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
