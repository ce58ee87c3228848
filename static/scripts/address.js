// Shows while a room is being named which address it will have. The server decides; this says the same, in short.

const field = document.getElementById('room')
const address = document.getElementById('address')

const fold = (name) =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/[^\p{L}\p{M}\p{Nd}]+/gu, '-')
    .replace(/^[-\p{M}]+|-+$/gu, '')

field?.addEventListener('input', () => {
  const slug = fold(field.value)
  address.hidden = slug === ''
  address.textContent = `${location.host}/r/${slug}`
})
