/** The names after a fence that name a language, and are not shown: the common ones of highlighters. */
const LANGUAGES = new Set(
  (
    'abap abc ada adoc apache applescript apl arduino asciidoc asm assembly astro awk bash basic bat batch bf bib ' +
    'bibtex bicep brainfuck c c# c++ cc clj clojure cljs cmake cmd cobol coffee coffeescript conf config console ' +
    'cpp crystal cs csharp css csv cuda cue cypher cxx cython d dart delphi diff django dns docker dockerfile dot ' +
    'dotenv elisp elixir elm env erb erl erlang ex excel exs f# f90 fish forth fortran fs fsharp gd gdscript gherkin ' +
    'git gitignore gleam glsl gnuplot go golang gql gradle graphql graphviz groovy h haml handlebars haskell haxe ' +
    'hbs hcl hlsl hpp hs html http hx idris ini java javascript jinja jinja2 jl js json json5 jsonc jsonl jsonnet ' +
    'jsx julia jupyter kotlin kt kts latex less lisp livescript ll llvm log lua m make makefile markdown matlab mdx ' +
    'md mermaid mjs mk mongodb mysql nasm nginx nim nix nohighlight nu objc objective-c objectivec ocaml octave odin ' +
    'pascal patch perl pgsql php pl plain plaintext plantuml plist plsql po postgres postgresql powershell prisma ' +
    'prolog properties proto protobuf ps ps1 pug puml purescript py py3 pycon python python3 qml r racket raku rb ' +
    'regex rego rest rkt rs rst ruby rust sas sass scala scheme scm scss sed sh shell shellsession smalltalk sol ' +
    'solidity sparql sql sqlite stata styl stylus svelte svg swift systemverilog tcl tex text tf terraform toml ts ' +
    'tsv tsx turtle twig txt typ typescript typst v vala vb vb.net vba vbnet verilog vhdl vim viml vue wasm wast wat ' +
    'wgsl xhtml xml xpath xquery xslt yaml yml zig zsh'
  ).split(' '),
)

export function isLanguage(word: string): boolean {
  return LANGUAGES.has(word.toLowerCase())
}
