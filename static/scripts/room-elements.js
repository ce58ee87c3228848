// The parts of a room's page that its scripts work with.

export const log = document.getElementById('log')
export const scroller = log.closest('.scroller')
export const form = document.getElementById('composer')

/** Every answer to a post may make it afresh. */
export const field = () => document.getElementById('text')
