// Focuses the field: people open a room to write. Embeds do not load this: their readers came for the page around them.

import { field } from './room-elements.js'

field().focus()
