// A page of earlier messages: whatever it needs a script for.

import './day-separators.js'
import './local-times.js'
