import { rulesPage } from './alerts/rules-table.ts'

// docs/rules.md is what this prints.
console.log(rulesPage().trimEnd())
