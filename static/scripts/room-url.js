// In another site's page, what is asked for brings the ticket that says who asks.

/** The address of something of this room. */
export const roomUrl = (part) => {
  const { ticket } = document.body.dataset
  const query = ticket ? `${part.includes('?') ? '&' : '?'}ticket=${ticket}` : ''
  return `${location.pathname}/${part}${query}`
}
