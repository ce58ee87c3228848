import fc from 'fast-check'

/** Random UTF-16 code units, including lone surrogates, NUL and noncharacters. */
const anyUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
  .map((units) => String.fromCharCode(...units))

/** Pieces that could break formats made of lines or tags. */
const hostilePieces = fc.constantFrom(
  '\r',
  '\n',
  '\r\n',
  '\n\n',
  '\0',
  '\uFEFF',
  '\uD800',
  '\uDC00',
  '\u0085',
  '\u2028',
  '\u202E',
  ' ',
  ':',
  '\n\nevent: gap\ndata: x\n\n',
  '\nid: 9.9\n',
  '\nretry: 1\n',
  'data: ',
  '</article><script>alert(1)</script>',
  '</div></article><article id="m9">',
  '"}\n{"kind":"gap"}\n',
  "<img src=x onerror='alert(1)'>",
  '&lt;&#60;&',
  'مرحبا',
  '👩‍👩‍👧',
  'text',
)

/** Any string, from random code units to what an attacker would try. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  anyUnits,
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(fc.oneof(hostilePieces, fc.string({ maxLength: 4 })), { maxLength: 20 })
    .map((pieces) => pieces.join('')),
)

const markup =
  '*|**|***|`|``|```|~~~|\n|\n\n|_|<|>|"|\'|&|&amp;|[|]|(|)|!|\\|    |https://|http://a.com/|example.com|javascript:|//|@|#|- |<!--|</p>|<script>|x|م|\0'

/** Pieces of markup in any order. */
export const anyMarkup: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(' ', ...markup.split('|')), { maxLength: 60, size: 'max' })
  .map((pieces) => pieces.join(''))
