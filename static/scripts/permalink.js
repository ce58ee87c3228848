// The script of a page of earlier messages.

import './day-separators.js'
import './local-times.js'
