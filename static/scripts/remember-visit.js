// Remembers that this room was visited.

import { readVisited, writeVisited } from './visited-rooms.js'

const room = decodeURIComponent(location.pathname.slice('/r/'.length))
writeVisited([room, ...readVisited().filter((other) => other !== room)])
