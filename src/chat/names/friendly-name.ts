import type { Name } from './name.ts'

const MOODS =
  'Amber Ample Arctic Bold Brave Breezy Bright Brisk Calm Candid Cheery Clever Cosmic Cosy Crisp Curious Dapper Daring Deft Dusky Eager Early Fabled Fearless Fleet Fluent Fond Frosty Gentle Giddy Gilded Glad Golden Grand Happy Hardy Hazel Honest Humble Ivory Jaunty Jolly Keen Kind Lively Lucid Lucky Lunar Mellow Merry Mighty Mild Misty Modest Mossy Neat Nimble Noble Olive Patient Peppy Placid Plucky Polite Prime Proud Quick Quiet Rapid Ready Rosy Rustic Sage Serene Silent Silver Sleek Smart Snowy Solar Spry Starry Steady Sunny Supple Swift Tidy Tranquil True Upbeat Velvet Vivid Warm Wise Witty Zesty'.split(
    ' ',
  )

const ANIMALS =
  'Alpaca Antelope Badger Beaver Bison Bobcat Capybara Caribou Cheetah Cormorant Crane Cricket Curlew Dolphin Dormouse Dove Egret Falcon Ferret Finch Flamingo Fox Gazelle Gecko Goldfinch Grouse Hare Hedgehog Heron Ibex Ibis Jackdaw Jay Kestrel Kingfisher Kite Koala Lark Lemur Linnet Llama Lynx Magpie Manatee Marmot Marten Meerkat Mole Moth Narwhal Newt Nightjar Ocelot Okapi Oriole Osprey Otter Owl Panda Pangolin Partridge Pelican Penguin Petrel Pika Plover Puffin Quail Quokka Rabbit Raven Robin Salmon Seal Shrew Sparrow Squirrel Starling Stoat Stork Swallow Swan Tapir Tern Thrush Tortoise Toucan Turtle Vole Wallaby Walrus Warbler Weasel Whale Wombat Wren Yak Zebra'.split(
    ' ',
  )

/**
 * Generates a first name for a member, such as `Quiet Otter`. The same arguments give the same name.
 * @param letters letters and digits that others may know, such as a tag, which is shown with the name
 * @param attempt from 0; each gives another name, and from 8 on the name contains the number
 */
export function generateFriendlyName(letters: string, attempt: number): Name {
  // The last six characters, as in all versions: members keep their names when the server is upgraded.
  const seed = letters.slice(-6)
  let hash = 2166136261 ^ attempt
  for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 16777619)
  hash >>>= 0
  const mood = MOODS[hash % MOODS.length]
  const animal = ANIMALS[Math.floor(hash / MOODS.length) % ANIMALS.length]
  // ASCII letters, digits and blanks alone: the rules of parseName hold.
  return (attempt < 8 ? `${mood} ${animal}` : `${mood} ${animal} ${attempt}`) as Name
}
