// Adds this room to the visited rooms.

import { readVisited, writeVisited } from './visited-rooms.js'

const room = decodeURIComponent(location.pathname.slice('/r/'.length))
writeVisited([room, ...readVisited().filter((other) => other !== room)])
