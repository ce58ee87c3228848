import { type AssetUrl, Layout } from './layout.tsx'

/** What Snug is, and what it stores. */
export function AboutPage({ asset, replaySeconds }: { asset: AssetUrl; replaySeconds: number }) {
  return (
    <Layout title="About Snug" asset={asset} page="about">
      <main class="prose">
        <a class="home" href="/" aria-label="Snug, first page">
          <img src={asset('icon.svg')} alt="" width={44} height={44} />
        </a>
        <h1>About Snug</h1>
        <p class="lead">
          Snug is a chat server. Whoever runs it shares a link; whoever has the link can talk. There are no
          accounts and there is nothing to install.
        </p>
        <h2>What is stored</h2>
        <p>
          Nothing that is said. A message goes to the screens that are open and is gone with them: refresh a
          room, and its log is empty.{' '}
          {replaySeconds > 0
            ? `For ${replaySeconds} seconds the server’s memory holds the last messages of a room, 64 at most, for
          readers whose connection broke. They are never written to a disk or a log.`
            : 'The server remembers no message, not even for readers whose connection broke.'}
        </p>
        <p>
          Your browser holds one cookie, signed so that nobody can make one: a random number that makes you
          the same person from page to page, since when, and how often you left a room. It lasts 30 days from
          your last visit. The server keeps no list of them; it holds the key that they are signed with. Which
          rooms you visited and whom you ignore stays in this browser.
        </p>
        <p>
          <a href="/me">What Snug knows of this browser</a>, and a button that makes it forget you.
        </p>
        <h2>Who can read a room</h2>
        <p>
          Everybody who knows or guesses its name. For something private, take a name that nobody guesses.
          Only listed rooms stand on the first page, with how many are there and never who.
        </p>
        <h2>Who is who</h2>
        <p>
          Nobody has to say who they are. In a room no two people have one name at a time, and nobody can be
          followed from one room into another. Leave a room, and when you come back you are somebody new.
        </p>
        <p>
          <a href="/">To the first page</a>
        </p>
      </main>
    </Layout>
  )
}
