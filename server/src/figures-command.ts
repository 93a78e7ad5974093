import { figuresPage } from './usage/figures-page.ts'

// docs/figures.md is what this prints.
console.log(figuresPage().trimEnd())
