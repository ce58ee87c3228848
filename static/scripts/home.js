import './address.js'
import './visited.js'
