import { detectLanguage } from '../shared/i18n/language.ts'

detectLanguage()
