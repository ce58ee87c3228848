// The server refused the embed, for example because of the host page's token. A stored ticket may still be valid.

import { resumeStoredTicket } from './stored-ticket.js'

resumeStoredTicket()
