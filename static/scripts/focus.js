// Whoever opens a room comes to write. Not in another site's page: there the reader was on the way to something else.

import { field } from './room-elements.js'

field().focus()
