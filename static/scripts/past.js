// A page of earlier messages: whatever it needs a script for.

import './days.js'
import './times.js'
