// Brings what only a kept room needs.

import { onMessage } from './arrivals.js'
import { withLater } from './fetch-later.js'
import { log } from './page.js'

if (log.dataset.kept) withLater(({ keep }) => keep(log, onMessage))
