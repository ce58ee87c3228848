/** The URL of a part of this room. In an embed it contains the ticket, which identifies the reader. */
export const roomUrl = (part) => {
  const { ticket } = document.body.dataset
  const query = ticket ? `${part.includes('?') ? '&' : '?'}ticket=${ticket}` : ''
  return `${location.pathname}/${part}${query}`
}
