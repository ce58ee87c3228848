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
          In a vanishing room, nothing that is said. A message goes to the screens that are open and is gone
          with them: refresh a room, and its log is empty.{' '}
          {replaySeconds > 0
            ? `For ${replaySeconds} seconds the server’s memory holds the last messages of a room, 64 at most, for
          readers whose connection broke. They are never written to a disk or a log.`
            : 'The server remembers no message, not even for readers whose connection broke.'}
        </p>
        <p>
          In a kept room, what is said: each message with its time, its author’s name and tag, and a
          fingerprint of their session, by which they can change or delete it later. It is in a file of this
          server, for as long as the room’s page says; what is over or deleted is gone from that file within a
          minute, though not from copies that somebody made of it. Whoever made the room holds its owner’s
          link, of which the server has a fingerprint alone, and can change how long messages are kept, delete
          any of them, and delete the room. Each room’s page says of which kind it is.
        </p>
        <p>
          Your browser holds one cookie, signed so that nobody can make one: a random number that makes you
          the same person from page to page, since when, and how often you left a room. It lasts 30 days from
          your last visit. The server keeps no list of them; it holds the key that they are signed with. Which
          rooms you visited and whom you ignore stays in this browser. A room that you own adds a cookie that
          its own pages alone receive, for a year.
        </p>
        <p>
          In another site’s page a room knows you by a cookie of its own, or by a ticket that the page itself
          holds: there you are another person than here, and another one in each site. A site may say itself
          who you are, if it shares a secret with this server; that name is marked as verified.
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
