// The server takes nobody in by what the page around an embed says; perhaps they were here before.

import { resumeStoredTicket } from './stored-ticket.js'

resumeStoredTicket()
