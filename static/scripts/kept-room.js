// Loads the parts that only a kept room needs.

import { withLazy } from './load-lazy.js'
import { onMessage } from './message-observer.js'
import { log } from './room-elements.js'

if (log.dataset.kept) withLazy(({ enableKeptRoom }) => enableKeptRoom(log, onMessage))
