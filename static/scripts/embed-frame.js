// The script of a room in another site's page.

import './embed-read-only.js'
import './composer.js'
import './unsent-text.js'
import './mentions.js'
import './composer-extras.js'
