// How many are here, as it changes.

const here = document.getElementById('here')

document.getElementById('log')?.addEventListener('here', ({ detail }) => {
  here.textContent = detail.data
})
