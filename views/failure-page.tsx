import { type AssetUrl, Layout } from './layout.tsx'

const TITLES = new Map([
  [403, 'Not allowed'],
  [404, 'Nothing here'],
  [405, 'Not here'],
  [409, 'Taken'],
  [410, 'Deleted'],
  [413, 'Too much at once'],
  [415, 'Not understood'],
  [422, 'That can’t be used'],
  [429, 'A little too fast'],
  [503, 'Busy for a moment'],
  [507, 'No space left'],
])

export function FailurePage({
  asset,
  status,
  sentence,
}: {
  asset: AssetUrl
  status: number
  sentence: string
}) {
  const title = TITLES.get(status) ?? 'Something broke'
  return (
    <Layout title={`${title} · Snug`} asset={asset} page="failure">
      <main>
        <a class="home" href="/" aria-label="Snug, first page">
          <img src={asset('icon.svg')} alt="" width={44} height={44} />
        </a>
        <h1>{title}</h1>
        <p class="lead">{sentence}</p>
        <p>
          <a href="/">To the first page</a>
        </p>
      </main>
    </Layout>
  )
}
