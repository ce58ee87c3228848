// A room in another site's page.

import './embed-read.js'
import './composer.js'
import './draft.js'
import './mention.js'
import './writing.js'
