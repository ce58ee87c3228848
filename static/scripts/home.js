import './slug-preview.js'
import './visited-list.js'
