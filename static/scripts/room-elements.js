// The elements of a room's page that its scripts use.

export const log = document.getElementById('log')
export const scroller = log.closest('.scroller')
export const form = document.getElementById('composer')

/** A function, because a response to a post may replace the field. */
export const field = () => document.getElementById('text')
