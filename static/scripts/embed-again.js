// The server takes nobody in by what the page around an embed says; perhaps they were here before.

import { goOn } from './embed-known.js'

goOn()
